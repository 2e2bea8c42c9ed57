#include "sensorium/types.h"

namespace sensorium {

const char* error_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::ok:
      return "ok";
    case ErrorCode::unknown_option:
      return "unknown_option";
    case ErrorCode::wrong_type:
      return "wrong_type";
    case ErrorCode::out_of_range:
      return "out_of_range";
    case ErrorCode::bad_name:
      return "bad_name";
    case ErrorCode::duplicate_name:
      return "duplicate_name";
    case ErrorCode::unknown_modality:
      return "unknown_modality";
    case ErrorCode::too_many:
      return "too_many";
    case ErrorCode::wrong_kind:
      return "wrong_kind";
    case ErrorCode::wrong_count:
      return "wrong_count";
    case ErrorCode::nothing_to_fuse:
      return "nothing_to_fuse";
    case ErrorCode::bad_block:
      return "bad_block";
    case ErrorCode::out_of_memory:
      return "out_of_memory";
    case ErrorCode::time_not_finite:
      return "time_not_finite";
    case ErrorCode::time_backwards:
      return "time_backwards";
    case ErrorCode::agent_out_of_range:
      return "agent_out_of_range";
    case ErrorCode::unknown_isa:
      return "unknown_isa";
    case ErrorCode::wrong_channels:
      return "wrong_channels";
    case ErrorCode::unknown_column:
      return "unknown_column";
    case ErrorCode::bad_model:
      return "bad_model";
    case ErrorCode::overlap:
      return "overlap";
    case ErrorCode::bad_snapshot:
      return "bad_snapshot";
    case ErrorCode::snapshot_version:
      return "snapshot_version";
    case ErrorCode::snapshot_config:
      return "snapshot_config";
  }
  return "unknown";
}

}  // namespace sensorium
