// The C interface over the port: null pointers, the order of calls and want of memory are caught here, all else is the port's.
#include <cstddef>
#include <new>

#include "format.h"
#include "port.h"
#include "sensorium/schema.h"
#include "sensorium/sensorium.h"

using namespace sensorium;

struct sensorium_engine {
  Port port;
  const char* code = "";
  Error error;
  void* memory = nullptr;  // the engine's, where it is not the caller's

  ~sensorium_engine() {
    if (memory) ::operator delete(memory, kAlignment);
  }
  static constexpr std::align_val_t kAlignment{64};
};

// The layout and the numbers are promises.
static_assert(sizeof(void*) != 8 ||
              (sizeof(sensorium_column) == 48 && sizeof(sensorium_recording) == 48 && sizeof(sensorium_wanted) == 32));
static_assert(sizeof(void*) != 8 || sizeof(sensorium_cost) == 24);
static_assert(sizeof(sensorium_change) == sizeof(Change) &&
              offsetof(sensorium_change, severity) == offsetof(Change, severity));
static_assert(SENSORIUM_F32 == static_cast<int>(ElementType::f32) &&
              SENSORIUM_F64 == static_cast<int>(ElementType::f64) &&
              SENSORIUM_U8 == static_cast<int>(ElementType::u8) &&
              SENSORIUM_U32 == static_cast<int>(ElementType::u32) &&
              SENSORIUM_I32 == static_cast<int>(ElementType::i32));

namespace {

// Codes that the core does not have.
constexpr const char* kNullPointer = "null_pointer";
constexpr const char* kWrongState = "wrong_state";
constexpr const char* kUnknownColumn = "unknown_column";
constexpr const char* kAbsentColumn = "absent_column";

std::int32_t fail(sensorium_engine& s, const char* code, std::string_view what, std::string_view where,
                  std::string_view expected, std::string_view got) {
  s.code = code;
  s.error = make_error(ErrorCode::ok, what, where, expected, got);
  return SENSORIUM_FAILED;
}

std::int32_t fail(sensorium_engine& s, ErrorCode code, std::string_view what, std::string_view where,
                  std::string_view expected, std::string_view got) {
  return fail(s, error_name(code), what, where, expected, got);
}

std::int32_t null_given(sensorium_engine& s, std::string_view where) {
  return fail(s, kNullPointer, "A pointer is null", where, "a pointer to something", "null");
}

std::int32_t told(sensorium_engine& s, const Error& error) {
  if (!error) return SENSORIUM_OK;
  s.error = error;
  s.code = error_name(error.code);
  return SENSORIUM_FAILED;
}

// What a verb of the port came to.
std::int32_t told(sensorium_engine& s, bool done) { return done ? SENSORIUM_OK : told(s, s.port.error()); }

// Before create. Options are copied, and may find no memory.
template <class Verb>
std::int32_t prepare(sensorium_engine* s, std::string_view where, Verb verb) {
  if (!s) return SENSORIUM_NO_HANDLE;
  if (s->port.engine()) {
    return fail(*s, kWrongState, "The engine is made already", where, "options and create once, before all else",
                "one after create");
  }
  try {
    return verb(*s);
  } catch (const std::bad_alloc&) {
    return fail(*s, ErrorCode::out_of_memory, "The memory could not be had", where, "memory for the options", "none");
  }
}

template <class Verb>
std::int32_t set(sensorium_engine* s, const char* path, Verb verb) {
  return prepare(s, "path", [&](sensorium_engine& handle) { return path ? verb(handle) : null_given(handle, "path"); });
}

// After create.
template <class Verb>
std::int32_t use(sensorium_engine* s, std::string_view where, Verb verb) {
  if (!s) return SENSORIUM_NO_HANDLE;
  if (!s->port.engine()) return fail(*s, kWrongState, "There is no engine yet", where, "create before it", "no create");
  return verb(*s);
}

// A question to the map of places.
template <class Verb>
std::int32_t ask(sensorium_engine* s, std::string_view where, Verb verb) {
  return use(s, where, [&](sensorium_engine& handle) {
    if (handle.port.engine()->places()) return verb(handle);
    return fail(handle, kAbsentColumn, "The engine has no map", where, "options with map.capacity above 0", "others");
  });
}

std::int32_t no_room(sensorium_engine& s, std::string_view where) {
  return fail(s, ErrorCode::wrong_count, "The question is larger than its columns", where,
              Words() << "at most " << s.port.engine()->find_column("exchange.ids")->rows
                      << " answers in all, of nearest 32 a row",
              "more");
}

// More inputs than an engine has columns: one of them is none, or named twice.
constexpr std::uint32_t kMostInputs = std::tuple_size_v<decltype(decltype(Plan::columns)::items)>;

// The C structs as the core's, on the stack: nothing allocates.
std::int32_t replay(sensorium_engine& s, const sensorium_recording& given, std::span<const sensorium_wanted> wanted,
                    std::span<Change> changes, std::uint64_t& ticks_done, std::uint64_t& changes_done) {
  const std::size_t ticks = static_cast<std::size_t>(given.ticks), values = ticks * given.input_count * given.rows;
  if (given.input_count > kMostInputs || wanted.size() > kMostWanted) {
    return fail(s, ErrorCode::too_many, "Too many columns", "tick_many",
                Words() << kMostInputs << " inputs and " << kMostWanted << " results at most",
                Words() << given.input_count << " and " << wanted.size());
  }
  if ((!given.times && ticks > 0) || (!given.inputs && given.input_count > 0) || (!given.values && values > 0))
    return null_given(s, "tick_many, recording");
  std::array<std::string_view, kMostInputs> inputs;
  for (std::uint32_t i = 0; i < given.input_count; ++i) {
    if (!given.inputs[i]) return null_given(s, "tick_many, inputs");
    inputs[i] = given.inputs[i];
  }
  std::array<Wanted, kMostWanted> results;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& [column, into, bytes, plane, reserved] = wanted[i];
    if (!column || (!into && bytes > 0)) return null_given(s, "tick_many, wanted");
    results[i] = {column, {static_cast<std::byte*>(into), static_cast<std::size_t>(bytes)}, plane};
  }
  const Recording recording = {.times = {given.times, ticks},
                               .inputs = {inputs.data(), given.input_count},
                               .values = {given.values, values},
                               .rows = given.rows,
                               .active = {given.active, given.active ? ticks * given.rows : 0}};
  const Result<Replayed> done = tick_many(*s.port.engine(), recording, {results.data(), wanted.size()}, changes);
  if (done) ticks_done = done->ticks, changes_done = done->changes;
  return told(s, done.error());
}

sensorium_column described(const sensorium_engine& s, const Column& column) {
  return {.name = column.name.bytes,
          .data = s.port.engine()->block().data() + column.offset,
          .stride = column.stride,
          .type = static_cast<std::uint32_t>(column.type),
          .rows = column.rows,
          .width = column.width,
          .planes = column.planes,
          .list = column.list,
          .reserved = 0};
}

}  // namespace

const char* sensorium_version(void) { return SENSORIUM_VERSION; }
std::uint32_t sensorium_abi(void) { return 1; }

sensorium_engine* sensorium_new(void) {
  try {
    return new sensorium_engine;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void sensorium_free(sensorium_engine* s) { delete s; }

const char* sensorium_error(const sensorium_engine* s, std::uint32_t part) {
  static constexpr const char* kNoHandle[] = {kNullPointer, "The handle is null", "", "what sensorium_new() returned",
                                              "null"};
  if (part > SENSORIUM_GOT) return "";
  if (!s) return kNoHandle[part];
  const char* const parts[] = {s->code, s->error.what.bytes, s->error.where.bytes, s->error.expected.bytes,
                               s->error.got.bytes};
  return parts[part];
}

std::int32_t sensorium_set_number(sensorium_engine* s, const char* path, double value) {
  return set(s, path, [=](sensorium_engine& handle) { return told(handle, handle.port.set_number(path, value)); });
}

std::int32_t sensorium_set_flag(sensorium_engine* s, const char* path, std::int32_t value) {
  return set(s, path, [=](sensorium_engine& handle) { return told(handle, handle.port.set_flag(path, value != 0)); });
}

std::int32_t sensorium_set_text(sensorium_engine* s, const char* path, const char* value) {
  return set(s, path, [=](sensorium_engine& handle) {
    return value ? told(handle, handle.port.set_text(path, value)) : null_given(handle, path);
  });
}

std::int32_t sensorium_set_count(sensorium_engine* s, const char* path, std::uint32_t count) {
  return set(s, path, [=](sensorium_engine& handle) { return told(handle, handle.port.set_count(path, count)); });
}

std::int32_t sensorium_set_floats(sensorium_engine* s, const char* path, const float* values, std::uint64_t count) {
  return set(s, path, [=](sensorium_engine& handle) {
    if (!values && count > 0) return null_given(handle, path);
    return told(handle, handle.port.set_floats(path, {values, static_cast<std::size_t>(count)}));
  });
}

std::int32_t sensorium_set_bytes(sensorium_engine* s, const char* path, const void* bytes, std::uint64_t size) {
  return set(s, path, [=](sensorium_engine& handle) {
    if (!bytes && size > 0) return null_given(handle, path);
    return told(handle,
                handle.port.set_bytes(path, {static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size)}));
  });
}

std::int32_t sensorium_set_snapshot(sensorium_engine* s, const void* snapshot, std::uint64_t bytes) {
  return prepare(s, "set_snapshot", [=](sensorium_engine& handle) {
    if (!snapshot && bytes > 0) return null_given(handle, "set_snapshot");
    return told(handle, handle.port.set_snapshot({.bytes = static_cast<const std::byte*>(snapshot), .size = bytes}));
  });
}

std::int32_t sensorium_set_isa(sensorium_engine* s, const char* isa) {
  return prepare(s, "isa", [=](sensorium_engine& handle) {
    if (!isa) return null_given(handle, "isa");
    handle.port.set_isa(isa);
    return SENSORIUM_OK;
  });
}

std::uint64_t sensorium_required_bytes(sensorium_engine* s) {
  double bytes = 0;
  prepare(s, "required_bytes", [&bytes](sensorium_engine& handle) {
    bytes = handle.port.required_bytes();
    return told(handle, bytes > 0);
  });
  return static_cast<std::uint64_t>(bytes);
}

std::int32_t sensorium_explain(sensorium_engine* s, std::uint32_t* rows) {
  return prepare(s, "explain", [=](sensorium_engine& handle) {
    if (!rows) return null_given(handle, "explain");
    const bool explained = handle.port.explain();
    if (explained) *rows = handle.port.explained_rows();
    return told(handle, explained);
  });
}

std::int32_t sensorium_explained(sensorium_engine* s, std::uint32_t index, sensorium_cost* cost) {
  return prepare(s, "explained", [=](sensorium_engine& handle) {
    if (!cost) return null_given(handle, "explained");
    if (index >= handle.port.explained_rows()) {
      return fail(handle, ErrorCode::out_of_range, "There is no such row", "explained",
                  Words() << "less than the " << handle.port.explained_rows() << " rows of the last explain",
                  Words() << index);
    }
    const auto& [name, without, bytes] = handle.port.explained(index);
    *cost = {.name = name.data(), .without = without.data(), .bytes = bytes};
    return SENSORIUM_OK;
  });
}

std::int32_t sensorium_create(sensorium_engine* s) {
  return prepare(s, "create", [](sensorium_engine& handle) {
    const double bytes = handle.port.required_bytes();
    if (bytes == 0) return told(handle, false);
    const std::size_t size = static_cast<std::size_t>(bytes);
    void* memory =
        static_cast<double>(size) == bytes ? ::operator new(size, sensorium_engine::kAlignment, std::nothrow) : nullptr;
    if (!memory)
      return fail(handle, ErrorCode::out_of_memory, "The memory could not be had", "agents",
                  Words() << bytes << " bytes", "none");
    const bool made = handle.port.create({static_cast<std::byte*>(memory), size});
    if (made) {
      handle.memory = memory;
    } else {
      ::operator delete(memory, sensorium_engine::kAlignment);
    }
    return told(handle, made);
  });
}

std::int32_t sensorium_create_in(sensorium_engine* s, void* memory, std::uint64_t bytes) {
  return prepare(s, "create_in", [=](sensorium_engine& handle) {
    return told(handle, handle.port.create({static_cast<std::byte*>(memory), static_cast<std::size_t>(bytes)}));
  });
}

std::int32_t sensorium_tick(sensorium_engine* s, double seconds) {
  return use(s, "tick", [=](sensorium_engine& handle) { return told(handle, handle.port.tick(seconds)); });
}

std::int32_t sensorium_tick_many(sensorium_engine* s, const sensorium_recording* recording,
                                 const sensorium_wanted* wanted, std::uint32_t wanted_count, sensorium_change* changes,
                                 std::uint64_t room, std::uint64_t* ticks_done, std::uint64_t* changes_done) {
  return use(s, "tick_many", [=](sensorium_engine& handle) {
    if (!recording || (!wanted && wanted_count > 0) || (!changes && room > 0) || !ticks_done || !changes_done)
      return null_given(handle, "tick_many");
    return replay(handle, *recording, {wanted, wanted_count},
                  {reinterpret_cast<Change*>(changes), static_cast<std::size_t>(room)}, *ticks_done, *changes_done);
  });
}

std::int32_t sensorium_reset(sensorium_engine* s) {
  return use(s, "reset", [](sensorium_engine& handle) { return handle.port.reset(), SENSORIUM_OK; });
}

std::int32_t sensorium_reset_agent(sensorium_engine* s, std::uint32_t agent) {
  return use(s, "reset_agent", [=](sensorium_engine& handle) { return told(handle, handle.port.reset_agent(agent)); });
}

std::int32_t sensorium_simulate(sensorium_engine* s, std::uint64_t seed, std::int32_t mixed) {
  return use(s, "simulate", [=](sensorium_engine& handle) {
    return told(handle, handle.port.simulate(static_cast<double>(seed), mixed != 0));
  });
}

std::int32_t sensorium_set_parallel_for(sensorium_engine* s, sensorium_parallel_for parallel_for, void* pool) {
  return use(s, "set_parallel_for", [=](sensorium_engine& handle) {
    return handle.port.engine()->set_parallel_for(parallel_for, pool), SENSORIUM_OK;
  });
}

std::int32_t sensorium_acknowledge(sensorium_engine* s, std::uint32_t agent, std::uint32_t kinds) {
  return use(s, "acknowledge",
             [=](sensorium_engine& handle) { return told(handle, handle.port.acknowledge(agent, kinds)); });
}

std::int32_t sensorium_acknowledge_all(sensorium_engine* s, std::uint32_t kinds) {
  return use(s, "acknowledge_all",
             [=](sensorium_engine& handle) { return handle.port.acknowledge_all(kinds), SENSORIUM_OK; });
}

std::int32_t sensorium_metrics(sensorium_engine* s) {
  return use(s, "metrics", [](sensorium_engine& handle) { return handle.port.metrics(), SENSORIUM_OK; });
}

std::int32_t sensorium_reset_metrics(sensorium_engine* s) {
  return use(s, "reset_metrics", [](sensorium_engine& handle) { return handle.port.reset_metrics(), SENSORIUM_OK; });
}

const char* sensorium_metric(std::uint32_t index) {
  return index < schema::metrics().size() ? schema::metrics()[index].path : "";
}

std::uint64_t sensorium_snapshot_bytes(const sensorium_engine* s) {
  return s && s->port.engine() ? s->port.engine()->snapshot_bytes() : 0;
}

std::int32_t sensorium_snapshot(sensorium_engine* s, void* buffer, std::uint64_t room, std::uint64_t* bytes) {
  return use(s, "snapshot", [=](sensorium_engine& handle) {
    if (!buffer || !bytes) return null_given(handle, "snapshot");
    const Result<std::uint64_t> written =
        handle.port.engine()->snapshot_into({static_cast<std::byte*>(buffer), static_cast<std::size_t>(room)});
    if (written) *bytes = *written;
    return told(handle, written.error());
  });
}

std::int32_t sensorium_restore(sensorium_engine* s, const void* snapshot, std::uint64_t bytes) {
  return use(s, "restore", [=](sensorium_engine& handle) {
    if (!snapshot && bytes > 0) return null_given(handle, "restore");
    return told(handle, handle.port.engine()->restore(
                            {static_cast<const std::byte*>(snapshot), static_cast<std::size_t>(bytes)}));
  });
}

std::uint32_t sensorium_columns(const sensorium_engine* s) { return s && s->port.engine() ? s->port.columns() : 0; }

std::int32_t sensorium_column_at(sensorium_engine* s, std::uint32_t index, sensorium_column* column) {
  return use(s, "column_at", [=](sensorium_engine& handle) {
    if (!column) return null_given(handle, "column_at");
    if (index >= handle.port.columns()) {
      return fail(handle, kUnknownColumn, "There is no such column", "column_at",
                  Words() << "0 to " << handle.port.columns() - 1, Words() << index);
    }
    *column = described(handle, handle.port.column(index));
    return SENSORIUM_OK;
  });
}

std::int32_t sensorium_find_column(sensorium_engine* s, const char* name, sensorium_column* column) {
  return use(s, "find_column", [=](sensorium_engine& handle) {
    if (!name || !column) return null_given(handle, "find_column");
    const Column* found = handle.port.engine()->find_column(name);
    if (!found)
      return fail(handle, kUnknownColumn, "There is no such column", "find_column",
                  "the name of one, such as results.fused", name);
    *column = described(handle, *found);
    return SENSORIUM_OK;
  });
}

std::uint32_t sensorium_agents(const sensorium_engine* s) {
  return s && s->port.engine() ? s->port.engine()->agents() : 0;
}

// Names of instruction sets are literals, those of modalities and features lie in the block: all end in NUL.
const char* sensorium_isa(const sensorium_engine* s) {
  return s && s->port.engine() ? s->port.engine()->isa().data() : "";
}

std::uint32_t sensorium_modalities(const sensorium_engine* s) {
  return s && s->port.engine() ? s->port.modalities() : 0;
}

const char* sensorium_modality(const sensorium_engine* s, std::uint32_t index) {
  return index < sensorium_modalities(s) ? s->port.engine()->modality(index).data() : "";
}

std::uint32_t sensorium_features(const sensorium_engine* s) { return s && s->port.engine() ? s->port.features() : 0; }

const char* sensorium_feature(const sensorium_engine* s, std::uint32_t index) {
  return index < sensorium_features(s) ? s->port.engine()->feature(index).data() : "";
}

std::int32_t sensorium_places_nearest(sensorium_engine* s, std::uint32_t rows, std::uint32_t k) {
  return ask(s, "places_nearest", [=](sensorium_engine& handle) {
    return handle.port.places().nearest(rows, k) ? SENSORIUM_OK : no_room(handle, "places_nearest");
  });
}

std::int32_t sensorium_places_within(sensorium_engine* s, std::uint32_t rows, float radius, std::uint32_t room) {
  return ask(s, "places_within", [=](sensorium_engine& handle) {
    return handle.port.places().within(rows, radius, room) ? SENSORIUM_OK : no_room(handle, "places_within");
  });
}

std::int32_t sensorium_place(sensorium_engine* s, double id) {
  return ask(s, "place", [=](sensorium_engine& handle) {
    if (handle.port.places().place(id)) return SENSORIUM_OK;
    return fail(handle, ErrorCode::out_of_range, "There is no such place, or no longer", "place", "the id of one",
                Words() << id);
  });
}

std::int32_t sensorium_places_links(sensorium_engine* s, double id, std::uint32_t* count) {
  return ask(s, "places_links", [=](sensorium_engine& handle) {
    if (!count) return null_given(handle, "places_links");
    *count = handle.port.places().links(id);
    return SENSORIUM_OK;
  });
}

std::int32_t sensorium_places_export(sensorium_engine* s, std::uint32_t* count) {
  return ask(s, "places_export", [=](sensorium_engine& handle) {
    if (!count) return null_given(handle, "places_export");
    *count = handle.port.places().export_all();
    return SENSORIUM_OK;
  });
}

std::int32_t sensorium_places_path(sensorium_engine* s, double from, double to, double* length) {
  return ask(s, "places_path", [=](sensorium_engine& handle) {
    if (!length) return null_given(handle, "places_path");
    *length = handle.port.places().path(from, to);
    return SENSORIUM_OK;
  });
}

std::int32_t sensorium_places_components(sensorium_engine* s, std::uint32_t* count) {
  return ask(s, "places_components", [=](sensorium_engine& handle) {
    if (!count) return null_given(handle, "places_components");
    *count = handle.port.places().components();
    return SENSORIUM_OK;
  });
}
