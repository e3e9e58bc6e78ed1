import Kube
import Testing

@Suite struct HumanDurationTests {
  @Test(arguments: [
    (-5, "<invalid>"), (-2, "<invalid>"), (-1, "0s"), (0, "0s"), (1, "1s"), (119, "119s"), (120, "2m"),
    (192, "3m12s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"), (10_800, "3h"), (19_260, "5h21m"),
    (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (176_400, "2d1h"), (691_199, "7d23h"), (691_200, "8d"),
    (63_071_999, "729d"), (63_072_000, "2y"), (63_158_400, "2y1d"), (252_288_000, "8y"), (300_000_000, "9y"),
  ])
  func likeKubectl(seconds: Int, text: String) {
    #expect(Duration.seconds(seconds).human == text)
  }

  @Test(arguments: [
    (-2, "<invalid>"), (-1, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86_399, "23h"),
    (86_400, "1d"), (31_535_999, "364d"), (31_536_000, "1y"),
  ])
  func short(seconds: Int, text: String) {
    #expect(Duration.seconds(seconds).shortHuman == text)
  }

  @Test func fractionsAreCutTowardsZero() {
    #expect(Duration.milliseconds(-1900).human == "0s")
    #expect(Duration.milliseconds(1900).human == "1s")
  }

  @Test(arguments: [
    ("10s", 10.0), ("2m40s", 160), ("5m0s", 300), ("1h0m0s", 3600), ("1.5s", 1.5), ("250ms", 0.25), ("0s", 0),
    ("0", 0),
  ])
  func goText(text: String, seconds: Double) {
    #expect(Duration(goText: text) == .seconds(seconds))
  }

  @Test(arguments: ["", "s", "10", "10x", "-5s", "5m0", "99999999999999999999h", "1..2s", "1h 2m", "µ"])
  func notGoText(text: String) {
    #expect(Duration(goText: text) == nil)
  }
}
