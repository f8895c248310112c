import Commands
import Foundation

@main
enum Main {
    static func main() async {
        exit(await Reprise.run(Array(CommandLine.arguments.dropFirst())))
    }
}
