#include "CSchemas.h"

// C23, which this file is not otherwise: Swift has no such thing, and a literal of 50,000 numbers takes it seconds.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char cases[] = {
#embed "../../schemas/cases.schema.json"
};
static const unsigned char composition[] = {
#embed "../../schemas/composition.schema.json"
};
static const unsigned char fixture[] = {
#embed "../../schemas/fixture.schema.json"
};
static const unsigned char gateway[] = {
#embed "../../schemas/gateway.schema.json"
};
static const unsigned char scenario[] = {
#embed "../../schemas/scenario.schema.json"
};

static const medley_schema schemas[] = {
    {"cases.schema.json", cases, sizeof cases},
    {"composition.schema.json", composition, sizeof composition},
    {"fixture.schema.json", fixture, sizeof fixture},
    {"gateway.schema.json", gateway, sizeof gateway},
    {"scenario.schema.json", scenario, sizeof scenario},
};

size_t medley_schema_count(void) { return sizeof schemas / sizeof *schemas; }

medley_schema medley_schema_at(size_t index) {
    size_t last = medley_schema_count() - 1;
    return schemas[index < last ? index : last];
}
