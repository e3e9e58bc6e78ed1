import KubeClient
import Remedies

extension CommandOutcome {
  /// What it adds to a step of a run. Only the output of a command that ended well can show that nothing is wrong.
  public var contribution: PlaybookRun.Contribution {
    switch self {
    case .ran(let output) where output.end == .exited(0): .text(output.text)
    case .ran(let output): .output(output.text, Doubt(.failed, sentence))
    case .forbidden: .noText(Doubt(.forbidden, sentence))
    case .declined: .noText(Doubt(.notAnswered, sentence))
    case .unrecorded, .notRun, .unknown: .noText(Doubt(.failed, sentence))
    }
  }
}
