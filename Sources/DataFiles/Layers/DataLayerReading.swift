/// A data file with its name, before anything it extends is taken in.
struct NamedFile {
  var name: String
  var extends: (name: String, position: DataPosition)?
  var root: DataNode
  var path: String
  var layer: Int
}

extension DataLayer {
  /// Directories within each other that are searched; a link that leads back to its parent ends here.
  private static let deepest = 8
  /// Files of one layer that are read.
  private static let mostFiles = 2_000

  /// The named files of this layer in the order of their paths; problems are added to `problems`.
  func namedFiles(
    index: Int, fileSystem: any FileSystem, problems: inout [DataProblem]
  ) -> [NamedFile] {
    var files: [NamedFile] = []
    for (path, bytes) in contents(fileSystem: fileSystem, problems: &problems) {
      do throws(DataProblem) {
        guard let root = try YAMLFile.onlyDocument(bytes, file: path), !root.isNull else { continue }
        let file = try Self.named(root, path: path, layer: index)
        if let first = files.first(where: { $0.name == file.name }) {
          throw DataProblem(root["name"]?.position ?? root.position, "\(first.path) has the same name")
        }
        files.append(file)
      } catch {
        problems.append(error)
      }
    }
    return files
  }

  private static func named(_ root: DataNode, path: String, layer: Int) throws(DataProblem) -> NamedFile {
    guard root.entries != nil else { throw DataProblem(root.position, "expected a mapping, found \(root.kindName)") }
    guard let node = root["name"] else { throw DataProblem(root.position, "the key \"name\" is missing") }
    guard let name = node.text, !name.isEmpty else { throw DataProblem(node.position, "the name must be a word") }
    var extends: (name: String, position: DataPosition)?
    if let base = root["extends"] {
      guard let text = base.text, !text.isEmpty else {
        throw DataProblem(base.position, "\"extends\" takes the name of the file to extend")
      }
      extends = (text, base.position)
    }
    return NamedFile(name: name, extends: extends, root: root, path: path, layer: layer)
  }

  private func contents(
    fileSystem: any FileSystem, problems: inout [DataProblem]
  ) -> [(path: String, bytes: [UInt8])] {
    switch source {
    case .embedded(let files):
      return files.sorted { $0.path < $1.path }.map { ("embedded:" + $0.path, Array($0.text.utf8)) }
    case .directory(let root):
      var files: [(path: String, bytes: [UInt8])] = []
      collect(root, depth: 0, fileSystem: fileSystem, into: &files, problems: &problems)
      return files
    }
  }

  private func collect(
    _ directory: String, depth: Int, fileSystem: any FileSystem,
    into files: inout [(path: String, bytes: [UInt8])], problems: inout [DataProblem]
  ) {
    let entries: [DirectoryEntry]
    do throws(FileError) {
      entries = try fileSystem.entries(of: directory)
    } catch {
      // The standard places need not exist; anything else a person should hear about.
      if error.reason != .missing || isRequired {
        problems.append(DataProblem(DataPosition(file: directory), "\(name): \(error)"))
      }
      return
    }
    for entry in entries where !entry.name.hasPrefix(".") {
      let path = Path.join(directory, entry.name)
      if entry.isDirectory {
        if depth < Self.deepest {
          collect(path, depth: depth + 1, fileSystem: fileSystem, into: &files, problems: &problems)
        }
      } else if entry.name.hasSuffix(".yaml") || entry.name.hasSuffix(".yml") || entry.name.hasSuffix(".json") {
        guard files.count < Self.mostFiles else {
          problems.append(
            DataProblem(DataPosition(file: path), "more than \(Self.mostFiles) files; the rest is left out"))
          return
        }
        do throws(FileError) {
          files.append((path, try fileSystem.read(path)))
        } catch {
          problems.append(DataProblem(DataPosition(file: path), "\(error)"))
        }
      }
    }
  }
}
