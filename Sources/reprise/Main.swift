import Commands
import Foundation

@main
enum Main {
    static func main() async {
        Allocator.setUp()
        exit(await Reprise.run(Array(CommandLine.arguments.dropFirst())))
    }
}
