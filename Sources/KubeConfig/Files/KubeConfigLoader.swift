import DataFiles

/// Finds and reads kubeconfig files by client-go's loading rules. Nothing is ever written.
public struct KubeConfigLoader: Sendable {
  /// The environment variables.
  public let environment: [String: String]
  /// The files.
  public let fileSystem: any FileSystem
  /// The absolute path that relative paths of flags and of `KUBECONFIG` start from.
  public let workingDirectory: String

  /// A loader.
  public init(environment: [String: String], fileSystem: any FileSystem, workingDirectory: String) {
    self.environment = environment
    self.fileSystem = fileSystem
    self.workingDirectory = workingDirectory
  }

  /// The files that are looked at, in the order of their importance: `--kubeconfig` alone; else those of `KUBECONFIG`
  /// (a colon list, each once, empty parts skipped); else `~/.kube/config`.
  public func candidates(explicitPath: String? = nil) -> [String] {
    if let explicitPath, !explicitPath.isEmpty { return [explicitPath] }
    if let list = environment["KUBECONFIG"], !list.isEmpty {
      var seen: Set<Substring> = []
      return list.split(separator: ":").filter { seen.insert($0).inserted }.map(String.init)
    }
    guard let home = environment["HOME"], !home.isEmpty else { return [] }
    return [Path.join(home, ".kube/config")]
  }

  /// The merged content of the files. A missing file is an error only when `--kubeconfig` names it; files that exist
  /// and cannot be read or understood are errors, all of which are told.
  public func load(explicitPath: String? = nil) throws(KubeConfigError) -> KubeConfig {
    let isExplicit = explicitPath?.isEmpty == false
    var merged = KubeConfig()
    var failures: [String] = []
    for path in candidates(explicitPath: explicitPath) {
      do throws(FileError) {
        let bytes = try fileSystem.read(Path.join(workingDirectory, path))
        switch decode(bytes, path: path) {
        case .success(let config): merged.merge(lower: config)
        case .failure(let problems):
          failures += problems.problems.map { "error loading config file \"\(path)\": \($0)" }
        }
      } catch {
        if error.reason != .missing {
          failures.append(
            "error loading config file \"\(path)\": \(FileError(error.operation, path, error.reason))")
        } else if isExplicit {
          throw KubeConfigError(.missingFile, "stat \(path): no such file or directory")
        } else {
          merged.missingFiles.append(path)
        }
      }
    }
    guard failures.isEmpty else { throw KubeConfigError(.unreadable, problems: failures) }
    return merged
  }

  private func decode(_ bytes: [UInt8], path: String) -> Result<KubeConfig, DataProblems> {
    do throws(DataProblem) {
      let root = try YAMLFile.firstDocument(bytes, file: path)
      do throws(DataProblems) {
        let base = Path.directory(of: Path.join(workingDirectory, path))
        var config = try KubeConfigDecoder.decode(root, base: base)
        config.files = [path]
        return .success(config)
      } catch {
        return .failure(error)
      }
    } catch {
      return .failure(DataProblems([error]))
    }
  }
}
