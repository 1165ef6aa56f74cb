// One round of parsing a document with simdjson's DOM: prints GB per second, and the implementation that it chose for
// this processor. `Benchmarks/json` builds and runs this.
//
// The parser is kept, and its memory with it, as its documentation advises: that is its fastest use. The text is padded
// once, not for each parse. What it does more than an index: it decodes every number and string.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <simdjson.h>

int main(int count, char **arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: dom FILE SECONDS\n");
        return 2;
    }
    auto text = simdjson::padded_string::load(arguments[1]).value();
    auto length = std::chrono::duration<double>(std::atof(arguments[2]));
    simdjson::dom::parser parser;
    auto parse = [&] {
        simdjson::dom::element element;
        if (parser.parse(text).get(element)) std::abort();
    };
    for (int i = 0; i < 20; i++) parse();
    auto start = std::chrono::steady_clock::now();
    auto now = start;
    long rounds = 0;
    while (now - start < length) {
        for (int i = 0; i < 20; i++) parse();
        rounds += 20;
        now = std::chrono::steady_clock::now();
    }
    double nanoseconds = std::chrono::duration<double, std::nano>(now - start).count();
    auto implementation = simdjson::get_active_implementation()->name();
    std::printf("%f %s\n", double(text.size()) * rounds / nanoseconds, implementation.c_str());
}
