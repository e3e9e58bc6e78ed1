import Terminal

/// How text is drawn; Kubernetes' own `Role` is not meant here.
public typealias Role = Terminal.Role
