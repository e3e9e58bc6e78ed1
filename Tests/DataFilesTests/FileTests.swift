import DataFiles
import Foundation
import TestSupport
import Testing

@Suite struct FileTests {
  @Test(arguments: [
    ("a/./b//c/", "a/b/c"), ("/../a", "/a"), ("../a", "../a"), ("a/..", "."), ("", "."), ("/", "/"),
    ("a/../../b", "../b"),
  ]) func cleanPaths(path: String, expected: String) { #expect(Path.clean(path) == expected) }

  @Test func joinedPaths() {
    #expect(Path.join("/a/b", "../c") == "/a/c")
    #expect(Path.join("/a", "/c") == "/c")
    #expect(Path.directory(of: "/a/b") == "/a")
    #expect(Path.directory(of: "/a") == "/")
    #expect(Path.directory(of: "a") == ".")
  }

  @Test func xdgIgnoresRelativeValues() {
    let xdg = XDGDirectories(environment: [
      "HOME": "/h", "XDG_CONFIG_HOME": "rel", "XDG_STATE_HOME": "/s/", "XDG_CACHE_HOME": "", "XDG_DATA_DIRS": "/a:b:/a",
    ])
    #expect(xdg.configHome == "/h/.config" && xdg.stateHome == "/s" && xdg.cacheHome == "/h/.cache")
    #expect(xdg.dataDirectories == ["/a"] && xdg.configDirectories == ["/etc/xdg"])
    let none = XDGDirectories(environment: ["HOME": "."])
    #expect(none.configHome == nil && none.cacheHome == nil)
  }

  @Test func theDiskIsReadAndItsErrorsAreGos() throws {
    let folder = try TemporaryFolder()
    let directory = folder.path
    let path = try folder.file("b.yaml", Data("hello".utf8)).path
    let disk = DiskFileSystem()
    #expect(try disk.read(path) == Array("hello".utf8))
    #expect(try disk.entries(of: directory) == [DirectoryEntry(name: "b.yaml", isDirectory: false)])
    #expect { try disk.read(path, limit: 4) } throws: { "\($0)" == "read \(path): larger than 4 bytes" }
    #expect { try disk.read("/nope/x") } throws: { "\($0)" == "open /nope/x: no such file or directory" }
    #expect { try disk.read(directory) } throws: { "\($0)" == "read \(directory): is a directory" }
    #expect { try disk.entries(of: path) } throws: { "\($0)" == "open \(path): not a directory" }
  }

  @Test func memoryAnswersAsTheDiskDoes() throws {
    let memory = MemoryFileSystem(["/a/b/c": "x", "/a/d": "y"])
    #expect(
      try memory.entries(of: "/a/") == [.init(name: "b", isDirectory: true), .init(name: "d", isDirectory: false)])
    #expect { try memory.read("/a/b") } throws: { "\($0)" == "read /a/b: is a directory" }
    #expect { try memory.read("/a/z") } throws: { "\($0)" == "open /a/z: no such file or directory" }
  }
}
