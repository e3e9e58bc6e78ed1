/// The keys of screen files. `Screens/schema.json` says the same to editors; a test compares the two.
enum ScreenKeys {
  static let screen = [
    "apiVersion", "kind", "name", "title", "aliases", "resource", "rows", "needs", "columns", "severity", "sort",
    "enter", "keys", "empty", "details",
  ]
  static let requiredOfScreen = ["apiVersion", "kind", "name", "title", "columns"]

  static let resource = ["group", "versions", "kind"]
  static let requiredOfResource = ["versions", "kind"]

  static let column = [
    "id", "header", "value", "format", "width", "align", "priority", "wide", "when", "hint", "missing", "sort",
    "severity",
  ]
  static let requiredOfColumn = ["id", "header", "value"]

  static let rule = ["level", "when"]

  static let action = ["screen", "by", "field", "equals", "object", "command", "label"]

  /// Words of `by`; `field` and `equals` are the other way to say how rows belong together.
  static let relations = ["owner", "selector", "namespace", "parts"]
}
