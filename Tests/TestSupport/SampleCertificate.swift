/// Certificates whose times and names are known, as PEM. Nobody has their keys any more.
public enum SampleCertificate {
  /// From 2020-01-02T03:04:05Z to 2021-02-03T04:05:06Z, both as UTCTime.
  public static let short = """
    -----BEGIN CERTIFICATE-----
    MIIBBDCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARqYW5lMB4XDTIwMDEw
    MjAzMDQwNVoXDTIxMDIwMzA0MDUwNlowDzENMAsGA1UEAwwEamFuZTBZMBMGByqG
    SM49AgEGCCqGSM49AwEHA0IABEuNtqUgF+pNr4xvyAvegWQ2ucsTzlfj82yEPrL0
    5OJm+NBcJAZ99e4hUcZkYR7+5PsqEOQQXst4RuCS5b5UPEAwCgYIKoZIzj0EAwID
    RwAwRAIgdfe8nEwieS74y0cT/3L/QchHLQaS//3MAIBUoacQHzACIFKLP8359Q+n
    ghmB/YKRThbNGOn2h+59cOWIeZV4NltX
    -----END CERTIFICATE-----
    """
  /// From 1999-01-02T03:04:05Z (UTCTime) to 2061-02-03T04:05:06Z (GeneralizedTime).
  public static let long = """
    -----BEGIN CERTIFICATE-----
    MIIBBzCBrgIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARqYW5lMCAXDTk5MDEw
    MjAzMDQwNVoYDzIwNjEwMjAzMDQwNTA2WjAPMQ0wCwYDVQQDDARqYW5lMFkwEwYH
    KoZIzj0CAQYIKoZIzj0DAQcDQgAES422pSAX6k2vjG/IC96BZDa5yxPOV+PzbIQ+
    svTk4mb40FwkBn317iFRxmRhHv7k+yoQ5BBey3hG4JLlvlQ8QDAKBggqhkjOPQQD
    AgNIADBFAiEAy7K1TtCpnYPzygWlpcgPOqUGvbLYPPLk+T+2CdlpX1wCICkbaBam
    1yhl53AEcwBbjrnc1sbIOYqoHMXqtNaYJYBA
    -----END CERTIFICATE-----
    """

  /// For store.example.com, *.shop.example.com and an address, from the beginning of 2026 to that of 2027.
  public static let named = """
    -----BEGIN CERTIFICATE-----
    MIIBjTCCATSgAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFzdG9yZS5l
    eGFtcGxlLmNvbTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBwxGjAY
    BgNVBAMMEXN0b3JlLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
    QgAEu7HVpmAu1M1vuLNc3Rea49bauw5GoL0SGBZNHCvXLsBwk/5gP7iEE5s1/lj6
    NHVNbNBve4b4cvPgSV/MR59nraNnMGUwNgYDVR0RBC8wLYIRc3RvcmUuZXhhbXBs
    ZS5jb22CEiouc2hvcC5leGFtcGxlLmNvbYcEwAACATAMBgNVHRMBAf8EAjAAMB0G
    A1UdDgQWBBQEMD5W+yemmA1Dts61jUxGgwkbJzAKBggqhkjOPQQDAgNHADBEAiB7
    L4l6tIxnCPNUQA7mp8pQv00KhuuCCCTx9EbCJI72hwIgb5xGXsif2Ew2GAYv32El
    j4pnZ/04Sox3qvbSzP8rmtQ=
    -----END CERTIFICATE-----
    """
}
