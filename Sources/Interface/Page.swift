import Kube
import Terminal

/// One place that a person can be at; the stack of pages is what the breadcrumb shows.
final class Page {
  /// What is on it.
  enum Content {
    case table(TableView)
    case text(TextPage)
    case logs(LogView)
    case remedy(RemedyPage)
    case playbook(PlaybookPage)
  }

  /// The word in the breadcrumb.
  var crumb: String
  let content: Content
  /// Whether it has the whole screen, without header, title and keys.
  var isFullScreen = false
  /// What a table was made of, so that it can be made anew for another namespace.
  struct Origin {
    var word: String
    var narrowing: Narrowing
  }
  let origin: Origin?
  /// The drain that a table is about.
  let drain: DrainPage?
  /// The command that leads here, for the history and for `K`.
  let address: String
  /// kubectl's command for the same.
  var kubectl: String

  init(
    crumb: String, address: String, kubectl: String, content: Content, origin: Origin? = nil,
    drain: DrainPage? = nil
  ) {
    self.origin = origin
    self.drain = drain
    self.crumb = crumb
    self.address = address
    self.kubectl = kubectl
    self.content = content
  }

  var table: TableView? { if case .table(let table) = content { table } else { nil } }
  var text: TextPage? { if case .text(let text) = content { text } else { nil } }
  var remedy: RemedyPage? { if case .remedy(let remedy) = content { remedy } else { nil } }
  var playbook: PlaybookPage? { if case .playbook(let playbook) = content { playbook } else { nil } }
  var logs: LogView? { if case .logs(let logs) = content { logs } else { nil } }

  /// What keys mean here, the most special first.
  var contexts: [KeyContext] {
    switch content {
    case .table(let table): table.source.contexts + [.table, .global]
    case .text(let text):
      (text.isSecret ? [.secretText] : []) + (text.isYAML ? [.yaml] : []) + (text.about == nil ? [] : [.about]) + [
        .text, .global,
      ]
    case .logs: [.logs, .global]
    case .remedy(let remedy): (remedy.isOver ? remedy.canBeTakenBack ? [.remedyEnd] : [] : [.remedy]) + [.global]
    case .playbook: [.playbook, .global]
    }
  }
}

/// A page of text, which may still be waiting for its object.
final class TextPage {
  /// What the text is made from.
  enum Subject {
    /// An object, as YAML.
    case yaml(RowObject)
    /// An object, described.
    case details(RowObject)
    /// Anything that is complete already.
    case fixed
  }

  let subject: Subject
  var view = TextView()
  /// How YAML is written.
  var yaml = YAMLText()
  /// The object, once it has been read.
  var object: JSONValue?
  /// Why it could not be read.
  var failure: String?
  /// Number of the request under way.
  var fetchID: Int?
  /// Of the kinds that a description also reads, how many had been read when it was written.
  var sourcesRead = 0

  init(_ subject: Subject) { self.subject = subject }

  var isYAML: Bool { if case .yaml = subject { true } else { false } }

  var isSecret: Bool { isYAML && about?.resource.kind == "Secret" }

  /// The object that the page is about.
  var about: RowObject? {
    switch subject {
    case .yaml(let object), .details(let object): object
    case .fixed: nil
    }
  }
}
