/// How a line of a page is meant, so that the dashboard can colour it. The words always say it too.
public enum DetailMark: Sendable, Equatable {
  /// Ordinary.
  case plain
  /// Less important, such as what is not set.
  case dim
  /// As it should be.
  case good
  /// Worth knowing.
  case notice
  /// Degraded.
  case warning
  /// Broken.
  case critical
  /// Could not be told.
  case unknown
  /// A heading, or the header of a table.
  case heading
}

/// One line of a page. Texts come from the cluster as they are: whoever shows them makes control characters visible.
public struct DetailLine: Sendable, Equatable {
  /// Depth; 0 is the section's own level.
  public var indent: Int
  /// What is told, such as `Image`, without a colon; nil when the text stands alone from the indent on; "" when the
  /// text goes on in the column of the line above.
  public var label: String?
  /// What it is; never has line feeds, which make lines of their own.
  public var text: String
  /// How it is meant.
  public var mark: DetailMark
  /// The cells of a row of a table, of which consecutive lines at one indent are one; `text` has them joined.
  public var cells: [String]?

  /// A line.
  public init(
    indent: Int = 0, label: String? = nil, text: String = "", mark: DetailMark = .plain, cells: [String]? = nil
  ) {
    self.indent = indent
    self.label = label
    self.text = text
    self.mark = mark
    self.cells = cells
  }
}

/// A titled part of a page.
public struct DetailSection: Sendable, Equatable {
  /// What the part is about, such as `Containers`.
  public var title: String
  /// Its lines; never empty.
  public var lines: [DetailLine]

  /// A part of a page.
  public init(title: String, lines: [DetailLine]) {
    self.title = title
    self.lines = lines
  }
}
