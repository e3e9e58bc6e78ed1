import Foundation
import PackagePlugin

/// Makes every data file (YAML, JSON) of a target's folder part of the program, as the array `embeddedFiles`.
///
/// Resources of SwiftPM stay files beside the binary under an absolute path of the build machine, and its own embedding
/// writes byte arrays that take long to compile.
@main struct EmbedPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = target.directoryURL
    let all = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
    let files = all.compactMap { $0 as? URL }.filter { ["yaml", "json"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) files of \(target.name)",
        executable: try context.tool(named: "EmbedTool").url,
        arguments: [output.path, root.path] + files.map(\.path), inputFiles: files, outputFiles: [output])
    ]
  }
}
