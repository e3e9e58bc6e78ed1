import ArgumentParser
import DataFiles
import KubeConfig
import PlainInterface

/// `podmedic contexts`: where one can go, as `kubectl config get-contexts` prints it.
struct ContextsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contexts", abstract: "Lists the contexts of the kubeconfig.")

  @Option(help: "Path to the kubeconfig file.") var kubeconfig: String?

  func run() throws {
    let loader = KubeConfigLoader(
      environment: CommandContext.environment, fileSystem: DiskFileSystem(),
      workingDirectory: CommandContext.workingDirectory)
    let config: KubeConfig
    do throws(KubeConfigError) {
      config = try loader.load(explicitPath: kubeconfig)
    } catch {
      throw CommandFailure(error)
    }
    var table = TextTable()
    table.add(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"])
    for context in config.contextList {
      let cells = [context.isCurrent ? "*" : "", context.name, context.cluster, context.user, context.namespace]
      table.add(cells.map(PlainText.line))
    }
    Output.write(table.takeLines())
  }
}
