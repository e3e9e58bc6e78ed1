import Base64Text

/// User name and password as HTTP sends them.
public enum BasicCredentials {
  /// The value of the `Authorization` header (RFC 7617).
  public static func authorization(username: String, password: Secret) -> Secret {
    Secret("Basic " + Base64.encode(Array(username.utf8) + [UInt8(ascii: ":")] + password.revealedBytes))
  }
}
