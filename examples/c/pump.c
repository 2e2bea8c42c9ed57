/* A pump with two sensors, ten readings a second; the bearing begins to shake after half a minute. */
#include <sensorium/sensorium.h>

#include <stdio.h>

static int fail(const sensorium_engine* s) {
  fprintf(stderr, "%s: %s: expected %s, got %s\n", sensorium_error(s, SENSORIUM_WHAT), sensorium_error(s, SENSORIUM_WHERE),
          sensorium_error(s, SENSORIUM_EXPECTED), sensorium_error(s, SENSORIUM_GOT));
  return 1;
}

/* Returns 0 where all went well. */
static int watch(sensorium_engine* s) {
  sensorium_column vibration, pressure, severity, z;
  int tick, alarms = 0;
  if (sensorium_set_count(s, "channels", 2) || sensorium_set_text(s, "channels.0.name", "bearing.vibration") ||
      sensorium_set_number(s, "channels.0.max", 20) || sensorium_set_number(s, "channels.0.min", 0) ||
      sensorium_set_text(s, "channels.1.name", "outlet.pressure") || sensorium_set_number(s, "channels.1.scale", 0.1) ||
      sensorium_set_number(s, "detection.window", 100) || sensorium_create(s)) {
    return fail(s);
  }
  if (sensorium_find_column(s, "sensors.bearing.vibration", &vibration) || sensorium_find_column(s, "sensors.outlet.pressure", &pressure) ||
      sensorium_find_column(s, "results.anomaly.severity", &severity) || sensorium_find_column(s, "results.anomaly.z", &z)) {
    return fail(s);
  }
  for (tick = 0; tick < 310; ++tick) {
    /* Columns stay where they are: a pointer is taken once, and read and written at every tick. */
    *(float*)vibration.data = (tick < 300 ? 2.0f : 15.0f) + 0.1f * (float)(tick % 7);
    *(float*)pressure.data = 4.0f;
    if (sensorium_tick(s, tick * 0.1)) return fail(s);
    if (*(const uint8_t*)severity.data == 3 && alarms++ == 0) {
      printf("sensorium %s on %s: alarm at %.1f s, %.1f deviations\n", sensorium_version(), sensorium_isa(s), tick * 0.1,
             (double)*(const float*)z.data);
    }
  }
  return alarms > 0 ? 0 : 1;
}

int main(void) {
  sensorium_engine* s = sensorium_new();
  int result = s ? watch(s) : 1;
  sensorium_free(s);
  return result;
}
