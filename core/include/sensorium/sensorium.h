/* Sensorium from C, and from any language that calls C: Python's ctypes, Unity, Rust, ROS 2 nodes. Library: sensorium_c.
 *
 *   sensorium_engine* s = sensorium_new();
 *   sensorium_set_number(s, "agents", 10000);
 *   if (sensorium_create(s) != SENSORIUM_OK) return fail(sensorium_error(s, SENSORIUM_WHAT));
 *   sensorium_column points, confidence;
 *   sensorium_find_column(s, "sensors.lidar.points", &points);
 *   sensorium_find_column(s, "results.confidence", &confidence);
 *   ((float*)points.data)[42] = 900;                         NaN or infinity: no reading
 *   if (sensorium_tick(s, seconds) != SENSORIUM_OK) ...
 *   float trust = ((const float*)confidence.data)[42];
 *   sensorium_free(s);
 *
 * A handle is the options of one engine and, from create on, the engine. Options, columns, flags and error codes are those of
 * docs/reference.md; options go by their path: "detection.window", "channels.3.scale", "network.layers.0.units".
 *
 * Errors. A function that can fail returns SENSORIUM_OK, SENSORIUM_FAILED or SENSORIUM_NO_HANDLE, and when it fails changes
 * nothing; sensorium_error() then says why. Null for a handle, text, numbers or a place for the answer is such an error, and so
 * are indices out of range, options after create and all else before it. Beside the codes of docs/reference.md there are
 * null_pointer, wrong_state (a call before create, or an option after it), unknown_column and absent_column (the engine has no map).
 *
 * Ownership. Text given is UTF-8 with a NUL at its end; text, numbers and bytes given are copied. Text returned belongs to the
 * library: an error's stays until the next call with its handle, all other as long as the handle. A column's memory belongs to
 * the engine, stays where it is for the engine's life, and is read and written freely between ticks.
 *
 * Threads. A handle is used by one thread at a time; different handles are independent. No function needs a lock, and
 * after create none allocates.
 *
 * History. The option history.columns keeps the last history.depth ticks of any columns, and they are columns too: "history.fused"
 * has the planes of results.fused once for each tick kept. What was `ago` ticks before the last one is in its planes from
 * (cycles - 1 - ago) % depth * n on, where cycles is statistics.cycles, depth the rows of history.time, n the planes of the
 * column itself; history.time holds the seconds.
 *
 * ABI. Functions are added, never changed or taken away, as long as sensorium_abi() is the same number. Types are those of
 * stdint.h, float, double and pointers; there is no bool, no enum and no long.
 */
#ifndef SENSORIUM_SENSORIUM_H
#define SENSORIUM_SENSORIUM_H

#include <stdint.h>

#if defined(__GNUC__)
#define SENSORIUM_C_API __attribute__((visibility("default")))
#else
#define SENSORIUM_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sensorium_engine sensorium_engine;

/* What functions return. */
#define SENSORIUM_OK 0
#define SENSORIUM_FAILED 1
#define SENSORIUM_NO_HANDLE 2 /* the handle is null, so there is nobody to keep an error */

/* Parts of an error. */
#define SENSORIUM_CODE 0 /* its stable name: "out_of_range" */
#define SENSORIUM_WHAT 1
#define SENSORIUM_WHERE 2
#define SENSORIUM_EXPECTED 3
#define SENSORIUM_GOT 4

/* Types of columns. */
#define SENSORIUM_F32 0
#define SENSORIUM_F64 1
#define SENSORIUM_U8 2
#define SENSORIUM_U32 3
#define SENSORIUM_I32 4

/* A column, or several of one name. Value v of row r in plane p is number r * width + v of those at data + p * stride. */
typedef struct sensorium_column {
  const char* name; /* "sensors.lidar.points", "results.anomaly.score", "statistics.cycles" */
  void* data;       /* the first plane, 64-byte aligned */
  uint64_t stride;  /* bytes from one plane to the next */
  uint32_t type;    /* SENSORIUM_F32 ... */
  uint32_t rows;    /* agents; 1 for statistics */
  uint32_t width;   /* values a row: k for the nearest neighbours, else 1 */
  uint32_t planes;  /* one an output, a tick ahead ...; else 1 */
  uint32_t list;    /* 1: a list of planes, even when there is only one */
  uint32_t reserved;
} sensorium_column;

/* What a part of an engine takes, or an option of it. */
typedef struct sensorium_cost {
  const char* name;    /* of a part: "history"; of an option: "neighbors.k" */
  const char* without; /* of an option what it is compared with: "0"; of a part "" */
  uint64_t bytes;      /* of a part; of an option, that an engine with all else the same needs less */
} sensorium_cost;

/* Readings of many ticks, of the first `rows` agents: the columns of the others stay as they are. */
typedef struct sensorium_recording {
  const double* times;       /* s, one a tick, none smaller than the one before or the engine's */
  const char* const* inputs; /* names of f32 input columns, each once: "sensors.lidar.points", "position.x" */
  const float* values;       /* [tick][input][row]; NaN or infinity: no reading */
  const uint8_t* active;     /* [tick][row]; null: the column active stays as it is */
  uint64_t ticks;
  uint32_t input_count;
  uint32_t rows; /* 0 to agents */
} sensorium_recording;

/* A result column and where it goes, tick by tick. */
typedef struct sensorium_wanted {
  const char* column; /* "results.anomaly.score" */
  void* into;         /* [tick][row * width], of the column's own type; overlaps nothing else */
  uint64_t bytes;     /* of `into`: just as many as that is */
  uint32_t plane;     /* of a list: results.output has one a unit */
  uint32_t reserved;
} sensorium_wanted;

/* An agent, within the recording or not, of which something began or ended. */
typedef struct sensorium_change {
  uint32_t tick; /* of this call, from 0 */
  uint32_t agent;
  uint32_t changes; /* as in results.changes, results.flags and results.anomaly.severity after the tick */
  uint32_t flags;
  uint32_t severity;
} sensorium_change;

/* The library's version, "0.1.0"; and the number of its ABI. */
SENSORIUM_C_API const char* sensorium_version(void);
SENSORIUM_C_API uint32_t sensorium_abi(void);

/* A handle with every option at its default; null where there is no memory. */
SENSORIUM_C_API sensorium_engine* sensorium_new(void);
/* Lets go of the handle, its engine and the memory of that; null is let be. */
SENSORIUM_C_API void sensorium_free(sensorium_engine* s);

/* Part SENSORIUM_CODE ... of what the last failing call with this handle failed with; "" where none did. Never null. */
SENSORIUM_C_API const char* sensorium_error(const sensorium_engine* s, uint32_t part);

/* --- Options, before create --- */

SENSORIUM_C_API int32_t sensorium_set_number(sensorium_engine* s, const char* path, double value);
SENSORIUM_C_API int32_t sensorium_set_flag(sensorium_engine* s, const char* path, int32_t value); /* 0 or not */
SENSORIUM_C_API int32_t sensorium_set_text(sensorium_engine* s, const char* path, const char* value);
/* How many records a list has ("channels", "modalities", "network.layers"), each with its defaults; then set their options,
 * of channels and modalities the name first: "channels.0.name". */
SENSORIUM_C_API int32_t sensorium_set_count(sensorium_engine* s, const char* path, uint32_t count);
SENSORIUM_C_API int32_t sensorium_set_floats(sensorium_engine* s, const char* path, const float* values,
                                             uint64_t count);
/* A file's bytes, "network.model"; too many are not read. */
SENSORIUM_C_API int32_t sensorium_set_bytes(sensorium_engine* s, const char* path, const void* bytes, uint64_t size);
/* All options as those of the engine that a snapshot is of: then create, and restore. Weights and biases come with the latter. */
SENSORIUM_C_API int32_t sensorium_set_snapshot(sensorium_engine* s, const void* snapshot, uint64_t bytes);
/* The instruction set: "avx512", "avx2", "sse4", "neon" or "scalar". "", the default: what SENSORIUM_ISA names, else the best. */
SENSORIUM_C_API int32_t sensorium_set_isa(sensorium_engine* s, const char* isa);

/* Bytes of memory that the engine needs, a multiple of 64; 0 where these options make none. */
SENSORIUM_C_API uint64_t sensorium_required_bytes(sensorium_engine* s);
/* What it would take: the parts of an engine, which add up to the bytes required, and then the options that cost memory. How many
 * rows these are goes to `rows`; each can be had until the next such call. */
SENSORIUM_C_API int32_t sensorium_explain(sensorium_engine* s, uint32_t* rows);
SENSORIUM_C_API int32_t sensorium_explained(sensorium_engine* s, uint32_t index, sensorium_cost* cost);
/* Makes the engine, in memory of its own; or in yours, 64-byte aligned, of at least the bytes required, outliving the handle. */
SENSORIUM_C_API int32_t sensorium_create(sensorium_engine* s);
SENSORIUM_C_API int32_t sensorium_create_in(sensorium_engine* s, void* memory, uint64_t bytes);

/* --- The engine --- */

/* One cycle over all active agents at `seconds` on your clock. Equal times pass; a smaller one is an error. */
SENSORIUM_C_API int32_t sensorium_tick(sensorium_engine* s, double seconds);
/* Ticks once for each time of a recording: what writing the columns and calling sensorium_tick would be, bit for bit. All that can
 * be wrong is found before the first tick. `wanted` are `wanted_count` results, up to 512, or null and 0. `changes` has room for
 * `room` changes, or is null and 0; as each agent may change in a tick, `room` is at least the number of agents, and the call ends
 * before a tick for which less is left: empty the list and go on with the rest of the recording. How many ticks were done and
 * changes written goes to `ticks_done` and `changes_done`. */
SENSORIUM_C_API int32_t sensorium_tick_many(sensorium_engine* s, const sensorium_recording* recording,
                                            const sensorium_wanted* wanted, uint32_t wanted_count,
                                            sensorium_change* changes, uint64_t room, uint64_t* ticks_done,
                                            uint64_t* changes_done);
/* As after create: every row unseen, cycle 0, any time may come next, no readings, all rows active. */
SENSORIUM_C_API int32_t sensorium_reset(sensorium_engine* s);
/* One row as after create, for a newcomer in its place. */
SENSORIUM_C_API int32_t sensorium_reset_agent(sensorium_engine* s, uint32_t agent);
/* Readings of the classic load for the next tick: seeded, below 2^53. `mixed`: not 0 for sensors at different rates and dropouts. */
SENSORIUM_C_API int32_t sensorium_simulate(sensorium_engine* s, uint64_t seed, int32_t mixed);

/* Runs body(context, block) for block = 0 .. blocks - 1, in any order, on any threads, and returns when all are done. Results
 * do not depend on how. Null: a plain loop again. `pool` is handed through. */
typedef void (*sensorium_parallel_for)(void* pool, uint32_t blocks, void (*body)(void* context, uint32_t block),
                                       void* context);
SENSORIUM_C_API int32_t sensorium_set_parallel_for(sensorium_engine* s, sensorium_parallel_for parallel_for,
                                                   void* pool);

/* Somebody has taken notice of what began: clears the bits of `kinds` in results.unacknowledged, of one agent or of all. Without
 * the option events.acknowledge there is nothing to clear. */
SENSORIUM_C_API int32_t sensorium_acknowledge(sensorium_engine* s, uint32_t agent, uint32_t kinds);
SENSORIUM_C_API int32_t sensorium_acknowledge_all(sensorium_engine* s, uint32_t kinds);

/* What the ticks so far took goes into the column exchange.metrics; and forgetting it. */
SENSORIUM_C_API int32_t sensorium_metrics(sensorium_engine* s);
SENSORIUM_C_API int32_t sensorium_reset_metrics(sensorium_engine* s);
/* The figures' names in their order there, "latency.p99"; "" for an index out of range. */
SENSORIUM_C_API const char* sensorium_metric(uint32_t index);

/* The whole state as bytes, the same on every machine and instruction set (docs/snapshot.md). The most that a snapshot of this
 * engine takes: a buffer of as many serves for its life; 0 before create. */
SENSORIUM_C_API uint64_t sensorium_snapshot_bytes(const sensorium_engine* s);
/* Writes a snapshot to the start of your buffer of `room` bytes, outside the engine's memory; how many it took goes to `bytes`. */
SENSORIUM_C_API int32_t sensorium_snapshot(sensorium_engine* s, void* buffer, uint64_t room, uint64_t* bytes);
/* Goes on from the snapshot of an engine with the same options, bit for bit. Any bytes may be given: what is cut, altered, newer
 * or of other options is an error. */
SENSORIUM_C_API int32_t sensorium_restore(sensorium_engine* s, const void* snapshot, uint64_t bytes);

/* --- Columns. Find them once, after create: they stay where they are. --- */

SENSORIUM_C_API uint32_t sensorium_columns(const sensorium_engine* s); /* 0 before create */
SENSORIUM_C_API int32_t sensorium_column_at(sensorium_engine* s, uint32_t index, sensorium_column* column);
SENSORIUM_C_API int32_t sensorium_find_column(sensorium_engine* s, const char* name, sensorium_column* column);

SENSORIUM_C_API uint32_t sensorium_agents(const sensorium_engine* s); /* 0 before create */
SENSORIUM_C_API const char* sensorium_isa(const sensorium_engine* s); /* the one in use; "" before create */
/* Names of the modalities in the order of their bits in flags and changes; "" for an index out of range. */
SENSORIUM_C_API uint32_t sensorium_modalities(const sensorium_engine* s);
SENSORIUM_C_API const char* sensorium_modality(const sensorium_engine* s, uint32_t index);
/* Names of the features in their order, which is that of the network's inputs; "" for an index out of range. */
SENSORIUM_C_API uint32_t sensorium_features(const sensorium_engine* s);
SENSORIUM_C_API const char* sensorium_feature(const sensorium_engine* s, uint32_t index);

/* --- The map of places, with the option map.capacity ---
 * Questions and answers lie in columns: exchange.x, y, z (f32, positions), exchange.ids (f64, -1: no place), exchange.distances
 * (f32, m), exchange.counts (u32), exchange.last_seen, exchange.founded (f64, s), exchange.features (f32, a plane a feature). They hold
 * the last answer only. */

/* The k (1 to 32) nearest places of each of the first `rows` positions: k ids and distances a row, and how many in counts. */
SENSORIUM_C_API int32_t sensorium_places_nearest(sensorium_engine* s, uint32_t rows, uint32_t k);
/* Those within the radius, nearest first: `room` ids and distances a row. counts says how many there are, room or not. */
SENSORIUM_C_API int32_t sensorium_places_within(sensorium_engine* s, uint32_t rows, float radius, uint32_t room);
/* Row 0 of the columns: one place, its visits in counts. A place that has gone is an error. */
SENSORIUM_C_API int32_t sensorium_place(sensorium_engine* s, double id);
/* The places linked to one, nearest first; all places; how many there are goes to `count`. */
SENSORIUM_C_API int32_t sensorium_places_links(sensorium_engine* s, double id, uint32_t* count);
SENSORIUM_C_API int32_t sensorium_places_export(sensorium_engine* s, uint32_t* count);
/* The shortest way over links: its ids, how many in counts[0], and its length, m; less than 0 where there is no way. */
SENSORIUM_C_API int32_t sensorium_places_path(sensorium_engine* s, double from, double to, double* length);
/* Labels the places, in the order of export, in counts; how many components there are goes to `count`. */
SENSORIUM_C_API int32_t sensorium_places_components(sensorium_engine* s, uint32_t* count);

#ifdef __cplusplus
}
#endif

#endif
