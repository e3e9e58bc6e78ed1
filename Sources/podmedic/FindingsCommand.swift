import ArgumentParser
import Diagnosis
import Kube
import PlainInterface

/// `podmedic findings`: what the codes mean.
struct FindingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings", abstract: "Lists the codes of findings with their meaning.")

  /// How the list is written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(name: [.short, .long], help: "Format of the list.") var output = Format.text
  @Argument(help: "Only these codes, or those that begin so, such as pod.") var codes: [String] = []

  func run() throws {
    let chosen = FindingCode.allCases.filter { code in
      codes.isEmpty || codes.contains { code.rawValue == $0 || code.rawValue.hasPrefix($0 + ".") }
    }
    guard !chosen.isEmpty else {
      throw CommandFailure.usage(
        "there is no finding \"\(PlainText.line(codes.joined(separator: " ")))\"",
        hint: "\"podmedic findings\" lists them all.")
    }
    if output == .json {
      Output.write(FindingCode.json(chosen).text(indent: 2) + "\n")
      return
    }
    if codes.isEmpty {
      var table = TextTable()
      table.add(["CODE", "SEVERITY", "PLAYBOOK", "TITLE"])
      for code in chosen {
        let about = code.description
        table.add([code.rawValue, about.severity.description, about.playbook, about.title])
      }
      Output.write(table.takeLines())
      return
    }
    for code in chosen {
      let about = code.description
      Output.write(
        "\(code.rawValue) (\(about.severity)): \(about.title)\n  \(about.meaning)\n  playbook: \(about.playbook)\n")
    }
  }
}

extension FindingCode {
  /// The versioned document, `podmedic.dev/v1` FindingList.
  fileprivate static func json(_ codes: [FindingCode]) -> JSONValue {
    [
      "apiVersion": "podmedic.dev/v1", "kind": "FindingList",
      "items": .array(
        codes.map { code in
          let about = code.description
          return [
            "code": .string(code.rawValue), "severity": .string(about.severity.description),
            "title": .string(about.title), "meaning": .string(about.meaning), "playbook": .string(about.playbook),
          ]
        }),
    ]
  }
}
