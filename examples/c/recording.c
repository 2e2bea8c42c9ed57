/* Two valves, recorded for 100 ticks: the whole recording in one call, and its second half once more from a snapshot. */
#include <sensorium/sensorium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICKS 100
#define VALVES 2

static double times[TICKS];
static float flow[TICKS][VALVES];
static float fused[TICKS][VALVES];
static sensorium_change changes[TICKS * VALVES];

static int fail(const sensorium_engine* s) {
  fprintf(stderr, "%s: %s: expected %s, got %s\n", sensorium_error(s, SENSORIUM_WHAT), sensorium_error(s, SENSORIUM_WHERE),
          sensorium_error(s, SENSORIUM_EXPECTED), sensorium_error(s, SENSORIUM_GOT));
  return 1;
}

static void record(void) {
  int tick;
  for (tick = 0; tick < TICKS; ++tick) {
    times[tick] = 0.1 * tick;
    flow[tick][0] = 0.5f + 0.01f * (float)(tick % 5);
    flow[tick][1] = tick == 70 ? 0.9f : 0.4f + 0.01f * (float)(tick % 3); /* it sticks for a moment */
  }
}

/* Ticks from `first` on, up to `end`: their fused values, and what began or ended in them. */
static int replay(sensorium_engine* s, int first, int end, uint64_t* changed) {
  static const char* const inputs[] = {"sensors.flow"};
  const uint64_t ticks = (uint64_t)(end - first);
  const sensorium_recording recording = {times + first, inputs, flow[first], NULL, ticks, 1, VALVES};
  const sensorium_wanted wanted = {"results.fused", fused[first], ticks * sizeof fused[0], 0, 0};
  uint64_t done;
  return sensorium_tick_many(s, &recording, &wanted, 1, changes, TICKS * VALVES, &done, changed);
}

/* Returns 0 where all went well. */
static int watch(sensorium_engine* s) {
  uint64_t changed, i, bytes = 0;
  float before[TICKS / 2][VALVES];
  void* snapshot;
  int result;
  if (sensorium_set_number(s, "agents", VALVES) || sensorium_set_count(s, "channels", 1) || sensorium_set_text(s, "channels.0.name", "flow") ||
      sensorium_create(s) || replay(s, 0, TICKS / 2, &changed)) {
    return fail(s);
  }
  snapshot = malloc(sensorium_snapshot_bytes(s));
  result = !snapshot || sensorium_snapshot(s, snapshot, sensorium_snapshot_bytes(s), &bytes) || replay(s, TICKS / 2, TICKS, &changed);
  for (i = 0; !result && i < changed; ++i) {
    printf("valve %u at %.1f s: %s\n", (unsigned)changes[i].agent, times[TICKS / 2 + changes[i].tick], changes[i].flags & 1 ? "abnormal" : "as usual");
  }
  memcpy(before, fused[TICKS / 2], sizeof before);
  result = result || sensorium_restore(s, snapshot, bytes) || replay(s, TICKS / 2, TICKS, &changed);
  if (!result) printf("once more from the snapshot: %s\n", memcmp(before, fused[TICKS / 2], sizeof before) == 0 ? "the same bits" : "others");
  free(snapshot);
  return result ? fail(s) : 0;
}

int main(void) {
  sensorium_engine* s = sensorium_new();
  int result;
  record();
  result = s ? watch(s) : 1;
  sensorium_free(s);
  return result;
}
