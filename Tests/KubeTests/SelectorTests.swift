import Testing

@testable import Kube

@Suite struct SelectorTests {
  static let labels: SmallMap<String> = ["app": "web", "tier": "front", "n": "5", "empty": ""]

  @Test(arguments: [
    ("", true), ("  ", true), ("app", true), ("other", false), ("!app", false), ("! other", true),
    ("app=web", true), ("app==web", true), ("app = web", true), ("app=db", false), ("app!=db", true),
    ("app!=web", false), ("other!=web", true), ("empty=", true), ("other=", false), ("empty=,app", true),
    ("app in (db, web)", true), ("app in (db)", false), ("other in (db)", false), ("other notin (db)", true),
    ("app notin (web,db)", false), ("n>4", true), ("n > 5", false), ("n<6", true), ("app>1", false), ("other<1", false),
    ("app=web,tier in (front,back),!canary", true), ("app=web,tier=back", false), ("empty in (,a)", true),
    ("in in (in)", false), ("app.kubernetes.io/name!=x", true),
  ])
  func textSelectors(_ text: String, _ expected: Bool) throws {
    let query = try LabelQuery(parsing: text)
    #expect(query.matches(Self.labels) == expected)
    #expect(try LabelQuery(parsing: query.description) == query)
  }

  @Test(arguments: [
    (",", 0), ("a,", 2), ("a,,b", 2), ("a=b=c", 3), ("a in", 4), ("a in b", 5), ("a in (b", 7),
    ("a !b", 3), ("a b", 2), ("=b", 0), ("a=-b", 2), ("-a", 0), ("a/b/c", 0), ("A.b/c", 0), ("/a", 0), ("a>b", 2),
    ("a=b c", 4), ("a in (b) c", 9), ("ä=b", 0), ("a=\u{0}", 2), ("!", 1), ("a>99999999999999999999", 2), ("a)", 1),
  ])
  func malformedSelectorsAreRefusedWithThePlace(_ text: String, _ offset: Int) {
    #expect {
      try LabelQuery(parsing: text)
    } throws: {
      ($0 as? LabelQueryFailure)?.offset == offset
    }
  }

  @Test func longLabelsAreRefused() throws {
    let name = String(repeating: "a", count: 63)
    #expect(try LabelQuery(parsing: "\(name)=\(name)").requirements.count == 1)
    #expect(throws: LabelQueryFailure.self) { try LabelQuery(parsing: name + "a") }
    #expect(throws: LabelQueryFailure.self) { try LabelQuery(parsing: "a=\(name)a") }
  }

  @Test func queriesAreWrittenAsKubectlWritesThem() throws {
    let text = "app=web,tier in (a,b),x!=y,!z,w,v notin (c,d),n>1,m<2"
    #expect(try LabelQuery(parsing: text).description == text)
    #expect(try LabelQuery(parsing: "b in (z,a,a) , c==d").description == "b in (a,z),c=d")
  }

  @Test func noSelectorMatchesNothingAndAnEmptyOneEverything() {
    let none: LabelSelector? = nil
    #expect(none.matches(Self.labels) == false)
    #expect(LabelSelector?.some(LabelSelector()).matches(Self.labels) == true)
    #expect(LabelSelector().matches([:]) == true)
    #expect(LabelSelector().isEmpty)
  }

  @Test(
    arguments: [
      ("In", ["web", "db"], true), ("In", ["db"], false), ("In", [], nil), ("NotIn", ["db"], true),
      ("NotIn", ["web"], false), ("NotIn", [], nil), ("Exists", [], true), ("Exists", ["web"], nil),
      ("DoesNotExist", [], false), ("DoesNotExist", ["a"], nil), ("in", ["web"], nil), ("", [], nil),
      ("Gt", ["1"], nil),
    ] as [(String, [String], Bool?)])
  func operators(_ name: String, _ values: [String], _ expected: Bool?) {
    var requirement = LabelSelectorRequirement()
    requirement.key = "app"
    requirement.operator = name
    requirement.values = values
    var selector = LabelSelector()
    selector.matchExpressions = [requirement]
    #expect(selector.matches(Self.labels) == expected)
    #expect(selector.query?.matches(Self.labels) == expected)
    selector.matchLabels = ["app": "db"]
    #expect(selector.matches(Self.labels) == (expected == nil ? nil : false))
    requirement.key = "absent"
    selector = LabelSelector()
    selector.matchExpressions = [requirement]
    let whenAbsent = expected == nil ? nil : name == "NotIn" || name == "DoesNotExist"
    #expect(selector.matches(Self.labels) == whenAbsent)
  }

  @Test func labelsAndExpressionsMustAllMatch() {
    var selector = LabelSelector()
    selector.matchLabels = ["app": "web", "tier": "front"]
    #expect(selector.matches(Self.labels) == true)
    #expect(selector.query?.description == "app=web,tier=front")
    selector.matchLabels = ["app": "web", "tier": "back"]
    #expect(selector.matches(Self.labels) == false)
  }
}
