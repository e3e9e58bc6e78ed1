import Testing

@testable import Kube

@Suite struct IntOrStringTests {
  @Test(
    arguments: [
      (.int(3), 10, true, 3), (.int(-1), 10, false, -1), (.string("25%"), 10, true, 3), (.string("25%"), 10, false, 2),
      (.string("50%"), 10, true, 5), (.string("50%"), 10, false, 5), (.string("0%"), 10, true, 0),
      (.string("100%"), 7, false, 7), (.string("1%"), 1, true, 1), (.string("1%"), 0, true, 0),
      (.string("150%"), 3, true, 5), (.string("25"), 10, true, nil), (.string("%"), 10, true, nil),
      (.string("a%"), 10, true, nil), (.string("1.5%"), 10, true, nil), (.string(""), 10, true, nil),
      (.string("9223372036854775807%"), 10, true, nil), (.string("-25%"), 10, false, -3),
      (.string("-25%"), 10, true, -2),
    ] as [(IntOrString, Int, Bool, Int?)])
  func shares(_ value: IntOrString, _ total: Int, _ roundingUp: Bool, _ expected: Int?) {
    #expect(value.resolved(of: total, roundingUp: roundingUp) == expected)
  }
}
