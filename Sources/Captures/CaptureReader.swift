import DataFiles
import Glibc
import Kube

/// Reads captures: files and folders of objects in JSON or YAML, `kubectl cluster-info dump`s, what `podmedic record`
/// wrote.
public struct CaptureReader {
  /// What a person says about a capture that it does not say itself.
  public struct Options: Sendable {
    /// The time as of which ages are computed; nil for the capture's own.
    public var time: Timestamp?
    /// The version of Kubernetes, such as `1.36`; nil for the capture's own.
    public var serverVersion: String?
    /// What is read at most.
    public var limits = CaptureLimits()

    /// The capture decides.
    public init() {}
  }

  private let options: Options
  private var builder = CaptureBuilder()
  private var seenFolders: Set<DiskFiles.Identity> = []
  private var filesLeft: Int
  private var bytesLeft: Int
  private let pool = StringPool(capacity: 1 << 16)

  private init(_ options: Options) {
    self.options = options
    filesLeft = options.limits.files
    bytesLeft = options.limits.totalBytes
  }

  /// Reads everything at the given paths; `-` is standard input. What cannot be read is among the capture's problems.
  /// - Throws: when a path does not exist, or nothing at all could be read.
  public static func read(_ paths: [String], _ options: Options = Options()) throws(CaptureProblem) -> Capture {
    var version: JSONValue?
    if let text = options.serverVersion {
      version = ServerVersionAnswer.parse(text)
      if version == nil { throw CaptureProblem("--server-version", "\(text) is no version such as 1.36") }
    }
    var reader = CaptureReader(options)
    for path in paths { try reader.readGiven(path) }
    let capture = reader.builder.capture(paths: paths, at: options.time, serverVersion: version)
    if capture.isEmpty {
      throw capture.problems.first
        ?? CaptureProblem(paths.joined(separator: ", "), "there are no Kubernetes objects in it")
    }
    return capture
  }

  // MARK: Finding files

  private mutating func readGiven(_ path: String) throws(CaptureProblem) {
    if path == "-" {
      do throws(DiskFiles.Failure) {
        let bytes = try DiskFiles.read(STDIN_FILENO, expecting: 0, limit: options.limits.fileBytes)
        take(bytes, CaptureFile("standard input"), name: "standard input")
      } catch {
        throw CaptureProblem("standard input", error.reason)
      }
      return
    }
    do throws(DiskFiles.Failure) {
      switch try DiskFiles.kind(path) {
      case .folder(let identity): readFolder(path, identity, below: "", depth: 0)
      case .file: readFile(path, CaptureFile(path.split(separator: "/").last.map(String.init) ?? path), isGiven: true)
      case .other(let reason): throw DiskFiles.Failure(reason: reason)
      }
    } catch {
      throw CaptureProblem(path, error.reason)
    }
  }

  private mutating func readFolder(_ path: String, _ identity: DiskFiles.Identity, below: String, depth: Int) {
    // A link may lead back to where it is found.
    guard seenFolders.insert(identity).inserted else { return }
    guard depth < options.limits.depth else {
      return builder.report(CaptureProblem(path, "folders are nested more than \(options.limits.depth) levels deep"))
    }
    do throws(DiskFiles.Failure) {
      let names = try DiskFiles.names(path, limit: options.limits.files)
      if names.contains(where: { $0 == "nodes.json" || $0 == "nodes.yaml" }) { builder.noteDump(below) }
      for name in names {
        guard filesLeft > 0 else { return }
        filesLeft -= 1
        if filesLeft == 0 {
          builder.report(CaptureProblem(path, "more than \(options.limits.files) files are not read"))
        }
        readEntry(
          path.hasSuffix("/") ? path + name : "\(path)/\(name)", below.isEmpty ? name : "\(below)/\(name)", depth)
      }
    } catch {
      builder.report(CaptureProblem(path, error.reason))
    }
  }

  private mutating func readEntry(_ path: String, _ relative: String, _ depth: Int) {
    do throws(DiskFiles.Failure) {
      switch try DiskFiles.kind(path) {
      case .folder(let identity): readFolder(path, identity, below: relative, depth: depth + 1)
      case .file: readFile(path, CaptureFile(relative), isGiven: false)
      case .other(let reason):
        if CaptureFile(relative).isNamedAsObjects { builder.report(CaptureProblem(path, reason)) }
      }
    } catch {
      // A link that leads nowhere; what it was to be is said by its name only.
      if CaptureFile(relative).isNamedAsObjects { builder.report(CaptureProblem(path, error.reason)) }
    }
  }

  private mutating func readFile(_ path: String, _ file: CaptureFile, isGiven: Bool) {
    if let key = CapturedLogs.key(file) { return builder.logs.add(key, .file(path)) }
    do throws(DiskFiles.Failure) {
      if !isGiven, !file.isNamedAsObjects, !CapturedLogs.isDump(file) {
        // Notes, scripts and logs lie about in folders; what is not called JSON or YAML must look like objects.
        let start = try DiskFiles.read(path, limitTo: Self.sniffed)
        guard GzipFile.begins(start) || TarArchive.begins(start) || Self.looksLikeObjects(start) else { return }
      }
      let bytes = try DiskFiles.read(path, limit: options.limits.fileBytes)
      if GzipFile.begins(bytes) {
        let (unpacked, problem) = GzipFile.read(path, limit: max(0, bytesLeft))
        if let problem { builder.report(CaptureProblem(path, problem)) }
        return unpack(unpacked, file, name: path, isCut: problem != nil)
      }
      unpack(bytes, file, name: path, isCut: false)
    } catch {
      builder.report(CaptureProblem(path, error.reason))
    }
  }

  // MARK: Archives

  /// Reads a file, or the files of an archive.
  private mutating func unpack(_ bytes: [UInt8], _ file: CaptureFile, name: String, isCut: Bool) {
    guard TarArchive.begins(bytes) else {
      if isCut, bytes.isEmpty { return }
      return take(bytes, file, name: name)
    }
    let members = TarArchive.members(bytes)
    for member in members where ["nodes.json", "nodes.yaml"].contains(CaptureFile(member.path).name) {
      builder.noteDump(CaptureFile(member.path).folderPath)
    }
    for member in members {
      guard filesLeft > 0 else { return }
      filesLeft -= 1
      let file = CaptureFile(member.path)
      let place = "\(name): \(member.path)"
      guard !file.name.hasPrefix(".") else { continue }
      if member.isCut, !isCut { builder.report(CaptureProblem(place, "the archive ends in the middle of this file")) }
      let content = Array(bytes[member.content])
      if let key = CapturedLogs.key(file) {
        builder.logs.add(key, .memory(CaptureSource(name: place, bytes: content), content.indices))
      } else if file.isNamedAsObjects || CapturedLogs.isDump(file)
        || Self.looksLikeObjects(Array(content.prefix(Self.sniffed)))
      {
        take(content, file, name: place)
      }
    }
  }

  // MARK: Reading files

  private static let sniffed = 64 << 10

  private static func looksLikeObjects(_ bytes: [UInt8]) -> Bool {
    guard !bytes.contains(0) else { return false }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains("apiVersion") && text.contains("kind")
  }

  /// Reads the bytes of a file; `name` is for people.
  private mutating func take(_ bytes: [UInt8], _ file: CaptureFile, name: String) {
    bytesLeft -= bytes.count
    guard bytesLeft >= 0 else {
      let limit = CaptureLimits.text(options.limits.totalBytes)
      return builder.report(CaptureProblem(name, "not read: the capture is larger than \(limit)"))
    }
    let start = Self.firstSign(bytes)
    guard start < bytes.count else {
      return builder.report(CaptureProblem(name, "the file is empty"))
    }
    if bytes[start..<min(bytes.count, start + 4096)].contains(0) {
      return builder.report(CaptureProblem(name, "this is no text"))
    }
    let sign = bytes[start]
    let isJSON = sign == UInt8(ascii: "{") || sign == UInt8(ascii: "[")
    let source = CaptureSource(name: name, bytes: bytes)
    if isJSON || CapturedLogs.begins(bytes, at: start) {
      readStream(source, file, from: start)
    } else if CapturedLogs.isDump(file) {
      return  // the logs of a pod that has written none
    } else {
      readYAML(source, file)
    }
  }

  /// The first byte that is no white space and no byte order mark.
  private static func firstSign(_ bytes: [UInt8]) -> Int {
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return bytes[mark...].firstIndex { $0 > 0x20 } ?? bytes.count
  }

  /// JSON documents and framed logs, one after the other.
  private mutating func readStream(_ source: CaptureSource, _ file: CaptureFile, from start: Int) {
    var position = start
    while position < source.bytes.count {
      if CapturedLogs.begins(source.bytes, at: position) {
        let (end, isCut) = builder.logs.addFramed(source, from: position)
        if isCut { builder.report(CaptureProblem(source.name, line: source.line(of: position), "this log is cut off")) }
        position = end
        continue
      }
      let reader = DocumentReader(source)
      let (document, end) = reader.document(at: position, pool: pool)
      builder.add(document, source, file)
      position = end
      if case .broken(let failure, _) = document { position = Self.nextDocument(source.bytes, after: failure.offset) }
      while position < source.bytes.count, source.bytes[position] <= 0x20 { position += 1 }
    }
  }

  /// Where reading goes on after a failure: at the next line that begins a document or a framed log.
  private static func nextDocument(_ bytes: [UInt8], after offset: Int) -> Int {
    var position = offset
    while let end = bytes[min(position, bytes.count)...].firstIndex(of: UInt8(ascii: "\n")), end + 1 < bytes.count {
      position = end + 1
      if bytes[position] == UInt8(ascii: "{") || CapturedLogs.begins(bytes, at: position) { return position }
    }
    return bytes.count
  }

  private mutating func readYAML(_ source: CaptureSource, _ file: CaptureFile) {
    guard source.bytes.count <= options.limits.yamlBytes else {
      let limit = CaptureLimits.text(options.limits.yamlBytes)
      let message = "it is larger than the \(limit) of YAML that are read of one file; save it as JSON"
      return builder.report(CaptureProblem(source.name, message))
    }
    let (documents, problem) = YAMLFile.json(source.bytes, file: source.name)
    builder.yaml = YAMLOrigin(source)
    defer { builder.yaml = nil }
    for (index, document) in documents.enumerated() where document != Array("null".utf8) {
      builder.yaml?.index = index
      let converted = CaptureSource(name: source.name, bytes: document)
      builder.add(DocumentReader(converted).document(at: 0, pool: pool).0, converted, file)
    }
    if let problem { builder.report(CaptureProblem(source.name, line: problem.line, problem.message)) }
  }
}

extension DiskFiles {
  /// The first bytes of a file.
  fileprivate static func read(_ path: String, limitTo count: Int) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure(reason: systemReason()) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let read = Glibc.read(descriptor, &bytes, count)
    guard read >= 0 else { throw Failure(reason: systemReason()) }
    return Array(bytes.prefix(read))
  }
}
