import ArgumentParser
import Diagnosis
import PlainInterface

/// `podmedic findings`: what the codes mean.
struct FindingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings", abstract: "Lists the codes of findings with their meaning.")

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
