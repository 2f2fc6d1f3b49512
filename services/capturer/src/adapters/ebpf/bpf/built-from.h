// From which sources this object was built, as scripts/ebpf.mjs says: who loads it looks whether they are its own.
#pragma once
#include <bpf/bpf_helpers.h>

static const char sources_hash[] SEC("built_from") __attribute__((used)) = BUILT_FROM;
