#include "channels.h"

#include <cmath>

#include "format.h"

namespace sensorium {
namespace {

constexpr double kPi = 3.141592653589793;

std::string_view modality_part(std::string_view channel) { return channel.substr(0, channel.find('.')); }

bool well_formed(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.back() != '.' && name.find("..") == std::string_view::npos;
}

std::optional<std::uint32_t> find_modality(const Plan& plan, std::string_view name) {
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    if (plan.modalities[m].name == name) return m;
  }
  return std::nullopt;
}

Error check_name(const Config& config, std::uint32_t c) {
  const std::string_view name = config.channels[c].name.view();
  if (!well_formed(name)) {
    return make_error(ErrorCode::bad_name, "The channel's name cannot be used", Words() << "channels." << c << ".name",
                      "\"modality.channel\" or one word, without empty parts", Words() << "\"" << name << "\"");
  }
  const Words where = Words() << "channels." << name;
  for (std::uint32_t other = 0; other < c; ++other) {
    const std::string_view earlier = config.channels[other].name.view();
    if (earlier == name) {
      return make_error(ErrorCode::duplicate_name, "Two channels have the same name", where, "names of their own",
                        name);
    }
    // "co2" alone is a modality of one channel, so it cannot have "co2.x" beside it.
    const bool bare = name.find('.') == std::string_view::npos || earlier.find('.') == std::string_view::npos;
    if (bare && modality_part(earlier) == modality_part(name)) {
      return make_error(ErrorCode::duplicate_name, "A channel has the name of a modality", where, "names of their own",
                        Words() << earlier << " and " << name);
    }
  }
  return {};
}

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::linear:
      return "linear";
    case Kind::circular:
      return "circular";
    case Kind::categorical:
      return "categorical";
  }
  return "";
}

// Options that say nothing about a channel of its kind: whoever gives one means something else than they will get.
Error check_kind(const ChannelOptions& channel) {
  const ChannelOptions plain;
  const bool linear = channel.kind == Kind::linear, circular = channel.kind == Kind::circular;
  const struct {
    const char* option;
    bool given;
    bool belongs;
    const char* kinds;
  } options[] = {
      {"min", channel.min != plain.min, linear, "linear"},
      {"max", channel.max != plain.max, linear, "linear"},
      {"scale", channel.scale != plain.scale, linear, "linear"},
      {"offset", channel.offset != plain.offset, linear || circular, "linear or circular"},
      {"absolute", channel.absolute, linear, "linear"},
      {"clamp", channel.clamp, linear, "linear"},
      {"period", channel.period != plain.period, circular, "circular"},
      {"categories", channel.categories != plain.categories, channel.kind == Kind::categorical, "categorical"},
  };
  for (const auto& [option, given, belongs, kinds] : options) {
    if (!given || belongs) continue;
    return make_error(ErrorCode::wrong_kind, "The option is one of channels of another kind",
                      Words() << "channels." << channel.name.view() << "." << option,
                      Words() << "a channel that is " << kinds, kind_name(channel.kind));
  }
  if (channel.kind == Kind::categorical && channel.categories < 2) {
    return make_error(ErrorCode::out_of_range, "A categorical channel must say how many categories there are",
                      Words() << "channels." << channel.name.view() << ".categories",
                      Words() << "2 to " << kMaxCategories, Words() << channel.categories);
  }
  return {};
}

Error resolve_linear(const ChannelOptions& channel, Linear& linear) {
  const Words where = Words() << "channels." << channel.name.view();
  const bool declared = std::isfinite(channel.min) && std::isfinite(channel.max);
  if (!(channel.min < channel.max) || (declared && !std::isfinite(channel.max - channel.min))) {
    return make_error(ErrorCode::out_of_range, "The declared range is empty or too wide", where, "min below max",
                      Words() << channel.min << " to " << channel.max);
  }
  linear = {.offset = channel.offset, .scale = channel.scale, .absolute = channel.absolute, .clamp = channel.clamp};
  if (channel.scale == 0) {
    linear.scale = declared ? 1.0f / (channel.max - channel.min) : 1.0f;
    if (declared) linear.offset += channel.min;
  }
  // Half of what would saturate leaves room for the rounding of all three steps.
  const float plain = 0.5f * kSaturation / std::fabs(linear.scale) - std::fabs(linear.offset);
  linear.plain = std::isfinite(plain) && plain > 0 ? plain : 0;
  if (channel.feature && (!std::isfinite(linear.scale) || !std::isfinite(linear.offset))) {
    return make_error(ErrorCode::out_of_range, "The declared range is too narrow or too far out", where,
                      "max - min of 1e-38 or more", Words() << channel.min << " to " << channel.max);
  }
  return {};
}

std::uint32_t features_of(const ChannelOptions& channel) {
  switch (channel.kind) {
    case Kind::linear:
      break;
    case Kind::circular:
      return 2;
    case Kind::categorical:
      return channel.categories;
  }
  return 1;
}

Words feature_name(const ChannelOptions& channel, std::uint32_t index) {
  Words name;
  name << channel.name.view();
  if (channel.kind == Kind::circular) name << (index ? ".cos" : ".sin");
  if (channel.kind == Kind::categorical) name << "=" << index;
  return name;
}

// The features of a channel, and how it is read.
Error add_features(const ChannelOptions& channel, ChannelPlan& read, Plan& plan) {
  const Words where = Words() << "channels." << channel.name.view();
  if (plan.feature_count + read.features > kMaxFeatures) {
    return make_error(ErrorCode::too_many, "There are too many features", where,
                      Words() << "at most " << kMaxFeatures << " of all channels",
                      Words() << plan.feature_count + read.features << " with this channel's " << read.features);
  }
  const float weight = weight_of(channel);
  for (std::uint32_t i = 0; i < read.features; ++i) {
    const std::uint32_t f = plan.feature_count++;
    const Words name = feature_name(channel, i);
    for (std::uint32_t other = 0; other < f; ++other) {
      if (plan.feature_names[other] == name.view()) {
        return make_error(ErrorCode::duplicate_name, "Two features have the same name", where, "names of their own",
                          name);
      }
    }
    plan.feature_names[f].assign(name);
    plan.feature_modality[f] = read.modality;
    plan.weights[f] = weight;
    plan.total_weight += weight;
  }
  plan.modalities[read.modality].features += read.features;
  return {};
}

}  // namespace

float weight_of(const ChannelOptions& channel) {
  if (!std::isnan(channel.weight)) return channel.weight;
  return channel.kind == Kind::linear ? 1 : 0;
}

Circle circle_of(const ChannelOptions& channel) {
  const double quarter = channel.period / 4;
  // The first 12 bits of a quarter: whole multiples of it up to 4,096 are exact in f32 (Cody and Waite).
  int exponent = 0;
  const double mantissa = std::frexp(quarter, &exponent);
  const double high = std::ldexp(std::floor(mantissa * 4096), exponent - 12);
  return {.offset = channel.offset,
          .quarters = static_cast<float>(1 / quarter),
          .high = static_cast<float>(high),
          .low = static_cast<float>(quarter - high),
          .radians = static_cast<float>(kPi / 2 / quarter)};
}

Error resolve_channels(const Config& config, Plan& plan) {
  plan.channels = config.channels.size();
  std::array<ChannelPlan, kMaxFeatures> reads;
  for (std::uint32_t c = 0; c < plan.channels; ++c) {
    const ChannelOptions& channel = config.channels[c];
    const std::string_view name = channel.name.view();
    if (Error error = check_name(config, c)) return error;
    const auto known = find_modality(plan, modality_part(name));
    const std::uint32_t m = known.value_or(plan.modality_count);
    if (!known) {
      if (m == kMaxModalities) {
        return make_error(ErrorCode::too_many, "There are too many modalities", Words() << "channels." << name,
                          Words() << "at most " << kMaxModalities, Words() << kMaxModalities + 1 << " or more");
      }
      plan.modalities[m] = {};
      plan.modalities[m].name = modality_part(name);
      ++plan.modality_count;
    }
    if (Error error = check_kind(channel)) return error;
    ChannelPlan read = {.input = 0,
                        .number = c,
                        .modality = m,
                        .feature = plan.feature_count,
                        .features = features_of(channel),
                        .kind = channel.kind,
                        .once = false,
                        .linear = {},
                        .circle = {}};
    if (channel.kind == Kind::linear) {
      if (Error error = resolve_linear(channel, read.linear)) return error;
    }
    if (channel.kind == Kind::circular) read.circle = circle_of(channel);
    if (!channel.feature) continue;
    if (Error error = add_features(channel, read, plan)) return error;
    reads[plan.read_channels++] = read;
    plan.linear_channels += channel.kind == Kind::linear;
  }
  // Tiny weights would make the quotient of fusion lose its bits.
  if (!(plan.total_weight >= 1e-6f)) {
    return make_error(ErrorCode::nothing_to_fuse, "There is nothing to fuse", "channels",
                      "a feature with a positive weight",
                      Words() << plan.feature_count << " features of total weight " << plan.total_weight);
  }
  // Linear ones first: they are nearly all there are, and are read in a loop of their own.
  std::uint32_t linear = 0, other = plan.linear_channels;
  for (std::uint32_t i = 0; i < plan.read_channels; ++i)
    plan.reads[reads[i].kind == Kind::linear ? linear++ : other++] = reads[i];
  return {};
}

Error resolve_modalities(const Config& config, Plan& plan) {
  for (std::uint32_t m = 0; m < plan.modality_count; ++m) {
    ModalityPlan& modality = plan.modalities[m];
    ReadingOptions reading = config.readings;
    for (const ModalityOptions& own : config.modalities) {
      if (!(own.name == modality.name.view())) continue;
      if (own.hold != Hold::inherit) reading.hold = own.hold;
      if (!std::isnan(own.lost_after)) reading.lost_after = own.lost_after;
      if (!std::isnan(own.half_life)) reading.half_life = own.half_life;
      if (own.timed) reading.timed = true;
    }
    modality.once = reading.hold == Hold::once;
    modality.timed = reading.timed;
    modality.lost_after = reading.lost_after;
    modality.decay = static_cast<float>(-1 / reading.half_life);
    if (modality.features > 0 && modality.decay != 0) plan.decays = true;
    if (modality.features > 0 && modality.timed) plan.timed = true;
    if (!modality.timed) continue;
    for (const ChannelOptions& channel : config.channels) {
      const Words time = Words() << modality.name.view() << ".time";
      if (!(channel.name == time.view())) continue;
      return make_error(ErrorCode::duplicate_name, "A channel has the name of its modality's column of times",
                        Words() << "channels." << channel.name.view(), "another name, or a modality that is not timed",
                        time);
    }
  }
  for (std::uint32_t i = 0; i < plan.read_channels; ++i) {
    plan.reads[i].once = plan.modalities[plan.reads[i].modality].once;
    plan.consumes = plan.consumes || plan.reads[i].once;
  }
  for (std::uint32_t i = 0; i < config.modalities.size(); ++i) {
    const std::string_view name = config.modalities[i].name.view();
    const Words where = Words() << "modalities." << name;
    if (!find_modality(plan, name)) {
      return make_error(ErrorCode::unknown_modality, "No channel belongs to this modality", where,
                        "what stands before the first dot of a channel's name", name);
    }
    for (std::uint32_t other = 0; other < i; ++other) {
      if (config.modalities[other].name == name) {
        return make_error(ErrorCode::duplicate_name, "Two modalities have the same name", where, "names of their own",
                          name);
      }
    }
  }
  return {};
}

}  // namespace sensorium
