Podmedic.main(arguments: Array(CommandLine.arguments.dropFirst()))
