// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "shop-endpoints",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: …, from: …)
        .package(name: "medley", path: "../../..")
    ],
    targets: [
        .testTarget(name: "HomeTests", dependencies: [.product(name: "MedleyTesting", package: "medley")])
    ]
)
