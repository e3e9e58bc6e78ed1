/// The directories of the XDG Base Directory Specification. Values that are not absolute paths are ignored, as it
/// demands; without a usable `HOME` the directories below it do not exist.
public struct XDGDirectories: Sendable, Hashable {
  /// `$XDG_CONFIG_HOME`, else `~/.config`: what a person wrote.
  public let configHome: String?
  /// `$XDG_STATE_HOME`, else `~/.local/state`: history and logs.
  public let stateHome: String?
  /// `$XDG_CACHE_HOME`, else `~/.cache`: what can be fetched again.
  public let cacheHome: String?
  /// `$XDG_DATA_HOME`, else `~/.local/share`.
  public let dataHome: String?
  /// `$XDG_CONFIG_DIRS`, else `/etc/xdg`; the most important first.
  public let configDirectories: [String]
  /// `$XDG_DATA_DIRS`, else `/usr/local/share` and `/usr/share`; the most important first.
  public let dataDirectories: [String]

  /// The directories that an environment names.
  public init(environment: [String: String]) {
    func absolute(_ path: String?) -> String? {
      guard let path, Path.isAbsolute(path) else { return nil }
      return Path.clean(path)
    }
    func list(_ name: String, _ standard: [String]) -> [String] {
      guard let value = environment[name], !value.isEmpty else { return standard }
      var seen: Set<String> = []
      return value.split(separator: ":").compactMap { absolute(String($0)) }.filter { seen.insert($0).inserted }
    }
    let home = absolute(environment["HOME"])
    func place(_ name: String, _ standard: String) -> String? {
      absolute(environment[name]) ?? home.map { Path.join($0, standard) }
    }
    configHome = place("XDG_CONFIG_HOME", ".config")
    stateHome = place("XDG_STATE_HOME", ".local/state")
    cacheHome = place("XDG_CACHE_HOME", ".cache")
    dataHome = place("XDG_DATA_HOME", ".local/share")
    configDirectories = list("XDG_CONFIG_DIRS", ["/etc/xdg"])
    dataDirectories = list("XDG_DATA_DIRS", ["/usr/local/share", "/usr/share"])
  }
}
