import Expressions

extension Step {
  /// Every expression of the step.
  var expressions: [Expression] {
    var expressions = [condition, validity].compactMap { $0 }
    var templates = [title] + commands + causes.values + (exclusion.map { [$0] } ?? [])
    switch action {
    case .test(let test):
      expressions += test.rules.map(\.condition)
      templates += test.sentences.values
    case .check(let call): templates += call.sentences.values
    case .read(let request, let matching):
      templates += matching.templates
      switch request.source {
      case .node(let path), .server(let path): templates.append(path)
      case .pod(let port, let path), .service(let port, let path): templates += [port, path]
      case .logs, .object, .metrics: break
      }
    case .run(let request, let matching): templates += request.command + matching.templates
    case .ask(let question): templates.append(question.question)
    case .remedy(let call): templates += call.arguments.map(\.value) + (call.object.map { [$0.name] } ?? [])
    }
    return expressions + templates.flatMap(\.expressions)
  }
}

extension Matching {
  fileprivate var templates: [Template] { rules.flatMap { [$0.sentence, $0.cause].compactMap { $0 } } }
}
