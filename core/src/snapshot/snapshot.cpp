#include "snapshot.h"

#include <algorithm>

#include "../format.h"
#include "config_bytes.h"
#include "places_bytes.h"
#include "state_checks.h"

namespace sensorium {
namespace {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian, and copied as they lie");

constexpr char kMagic[8] = {'S', 'E', 'N', 'S', 'N', 'A', 'P', '\n'};
constexpr std::uint32_t kFormat = 1;
constexpr std::uint16_t kVersion[3] = {SENSORIUM_VERSION};

struct Head {
  char magic[8];
  std::uint32_t format;
  std::uint16_t version[3];  // of the engine that wrote it
  std::uint16_t unused;
  std::uint32_t sections;
  std::uint32_t unused_too;
  std::uint64_t bytes;  // of the whole snapshot, its checksum included
};

// What stands before each section; then its name and its bytes follow, each filled up to a multiple of 8.
struct SectionHead {
  std::uint32_t name_bytes;
  std::uint32_t layout;  // of its bytes: see AreaKind
  std::uint32_t type;    // ElementType of a column; kNoColumn
  std::uint32_t rows;
  std::uint32_t width;
  std::uint32_t planes;
  std::uint64_t bytes;
};
constexpr std::uint32_t kNoColumn = 255;
constexpr std::uint32_t kMostName = 96;
constexpr std::size_t kMostSections = decltype(Plan::columns)().items.size() + kAreas;

std::uint64_t padded(std::uint64_t bytes) { return (bytes + 7) / 8 * 8; }

std::uint64_t plane_bytes(const Column& column) {
  return std::uint64_t{column.rows} * column.width * element_bytes(column.type);
}

// The parts of an engine that are saved, in the order in which they are written.
struct Section {
  std::string_view name;
  const Column* column;  // null: an area
  Area area;
};
template <class Visit>
void each_section(const Plan& plan, const Visit& visit) {
  for (std::uint32_t a = 0; a < kAreas; ++a) {
    const AreaPlan& at = plan.areas[a];
    const AreaKind& kind = kAreaKinds[a];
    if (kind.saved == Saved::no || at.bytes == 0) continue;
    if (kind.saved != Saved::columns) {
      visit(Section{kind.name, nullptr, static_cast<Area>(a)});
      continue;
    }
    for (const Column& column : plan.columns) {
      if (column.offset >= at.offset && column.offset < at.offset + at.bytes)
        visit(Section{column.name.view(), &column, static_cast<Area>(a)});
    }
  }
}

const AreaKind& kind_of(const Section& section) { return kAreaKinds[static_cast<std::uint32_t>(section.area)]; }

// A section's bytes with `places_bytes` for the map.
std::uint64_t section_bytes(const Plan& plan, const Section& section, std::uint64_t places_bytes) {
  if (section.column) return plane_bytes(*section.column) * section.column->planes;
  switch (kind_of(section).saved) {
    case Saved::places:
      return places_bytes;
    case Saved::config:
      return plan.config_bytes;
    default:
      return area(plan, section.area).bytes;
  }
}

std::uint64_t total_bytes(const Plan& plan, std::uint64_t places_bytes) {
  std::uint64_t bytes = sizeof(Head) + sizeof(std::uint64_t);
  each_section(plan, [&](const Section& section) {
    bytes += sizeof(SectionHead) + padded(section.name.size()) + padded(section_bytes(plan, section, places_bytes));
  });
  return bytes;
}

Error bad(std::string_view what, std::string_view expected, std::string_view got, std::string_view where = "snapshot") {
  return make_error(ErrorCode::bad_snapshot, what, where, expected, got);
}

Words version_words(const std::uint16_t (&version)[3]) {
  return Words() << version[0] << "." << version[1] << "." << version[2];
}

// What does not need the rest: that it is a snapshot, whole, and of a format that this version reads.
Error read_head(const SnapshotSource& source, Head& head) {
  SnapshotReader reader(source, source.size, false);
  if (!reader.take(head) || std::memcmp(head.magic, kMagic, sizeof kMagic) != 0) {
    return bad("This is no snapshot", "bytes that begin as one",
               source.size < sizeof head ? Words() << source.size << " bytes" : Words() << "others");
  }
  if (head.format > kFormat) {
    return make_error(ErrorCode::snapshot_version, "The snapshot is of a newer version", "snapshot",
                      Words() << "format " << kFormat << " or earlier",
                      Words() << "format " << head.format << ", of version " << version_words(head.version));
  }
  if (head.format == 0) return bad("The snapshot was altered", "a format from 1 on", "0");
  if (head.bytes < sizeof head + sizeof(std::uint64_t))
    return bad("The snapshot was altered", "its length", Words() << head.bytes);
  if (head.bytes > source.size)
    return bad("The snapshot is cut", Words() << head.bytes << " bytes", Words() << source.size << " bytes");
  return {};
}

// Nobody reads what is being written, or writes what is being read.
Error check_apart(const Plan& plan, const std::byte* block, const std::byte* bytes, std::uint64_t size,
                  const char* where) {
  const auto first = reinterpret_cast<std::uintptr_t>(bytes), own = reinterpret_cast<std::uintptr_t>(block);
  if (first + size <= own || own + plan.bytes <= first) return {};
  return make_error(ErrorCode::bad_block, "The snapshot's memory is the engine's own", where,
                    "memory outside the engine's block", "some within it");
}

// Patches change no layout: the first two numbers decide.
std::uint32_t order(const std::uint16_t (&version)[3]) { return std::uint32_t{version[0]} << 16 | version[1]; }

Error check_version(const Head& head) {
  if (order(head.version) <= order(kVersion)) return {};
  return make_error(ErrorCode::snapshot_version, "The snapshot is of a newer version", "snapshot",
                    Words() << version_words(kVersion) << " or earlier", version_words(head.version));
}

Error check_sum(const SnapshotSource& source, const Head& head, std::uint64_t sum) {
  SnapshotReader reader(source, head.bytes, false);
  reader.skip(head.bytes - sizeof sum);
  std::uint64_t written = 0;
  reader.take(written);
  return sum == written ? Error{} : bad("The snapshot was altered", "the bytes of its checksum", "others");
}

bool fits(const SectionHead& at, const SnapshotReader& reader) {
  return at.name_bytes <= kMostName && padded(at.bytes) >= at.bytes && padded(at.bytes) <= reader.left() &&
         padded(at.name_bytes) <= reader.left() - padded(at.bytes);
}

// Goes through a snapshot section by section: once to check, once to write.
class Pass {
 public:
  Pass(const Plan& plan, std::byte* block, const SnapshotSource& source, const Head& head, bool checks)
      : plan_(plan),
        block_(block),
        reader_(source, head.bytes - sizeof(std::uint64_t), checks),
        head_(head),
        checks_(checks) {
    reader_.skip(sizeof(Head));
    each_section(plan, [this](const Section& section) { sections_[count_++] = section; });
  }

  Error run() {
    for (std::uint32_t i = 0; i < head_.sections; ++i) {
      if (Error error = read_section()) return error;
    }
    if (reader_.left())
      return bad("The snapshot cannot be read", "nothing behind its sections", Words() << reader_.left() << " bytes");
    return missing();
  }
  // Of everything, read or not.
  std::uint64_t checksum() {
    reader_.skip(reader_.left());
    return reader_.checksum();
  }

 private:
  Error read_section() {
    SectionHead at;
    if (!reader_.take(at) || !fits(at, reader_)) {
      return bad("The snapshot cannot be read", "sections within its length", "one that is not");
    }
    std::memcpy(name_, reader_.next(padded(at.name_bytes)), at.name_bytes);
    const std::string_view name(name_, at.name_bytes);
    // Most often it is the one behind the last.
    std::uint32_t found = 0;
    while (found < count_ && !is(sections_[(next_ + found) % count_], name, at)) ++found;
    if (found == count_)
      return bad("The snapshot has a section that this version does not know", "sections of this engine", name);
    found = (next_ + found) % count_;
    next_ = found + 1;
    if (seen_[found]) return bad("The snapshot has a section twice", "each once", name);
    seen_[found] = true;
    const Section& section = sections_[found];
    if (at.layout != kind_of(section).layout) {
      return make_error(ErrorCode::snapshot_version, "The snapshot's section is of another version", name,
                        Words() << "layout " << kind_of(section).layout, Words() << "layout " << at.layout);
    }
    if (Error error = checks_ ? check(section, at) : write(section, at)) return error;
    reader_.skip(padded(at.bytes) - at.bytes);
    return {};
  }

  static bool is(const Section& own, std::string_view name, const SectionHead& at) {
    return own.name == name && (own.column == nullptr) == (at.type == kNoColumn);
  }

  Error check(const Section& section, const SectionHead& at) {
    const Saved saved = kind_of(section).saved;
    if (saved == Saved::places) return check_places(plan_, block_, reader_, at.bytes);
    if (saved == Saved::config) return check_config(at.bytes);
    const std::uint64_t expected = section_bytes(plan_, section, 0);
    if (at.bytes != expected)
      return bad("The snapshot's section has another length", Words() << expected << " bytes",
                 Words() << at.bytes << " bytes", section.name);
    if (section.column) return check_column(*section.column, at);
    const std::uint64_t unit = section.area == Area::tiles ? plan_.tile.stride : 64;
    for (std::uint32_t i = 0; i < expected / unit; ++i) {
      const std::byte* bytes = reader_.next(static_cast<std::size_t>(unit));
      if (section.area == Area::tiles) {
        if (Error error = check_tile(plan_, i, bytes)) return error;
      } else if (section.area == Area::weights) {
        if (Error error = check_weights(bytes, unit / sizeof(float))) return error;
      }
    }
    return {};
  }

  Error check_config(std::uint64_t bytes) {
    // As long as that of the most options there can be, with names of any length.
    if (bytes > kMostPiece)
      return bad("The snapshot's options cannot be read", Words() << "at most " << kMostPiece << " bytes",
                 Words() << bytes << " bytes");
    const std::byte* at = reader_.next(static_cast<std::size_t>(bytes));
    return compare_configs({block_ + plan_.config, static_cast<std::size_t>(plan_.config_bytes)},
                           {at, static_cast<std::size_t>(bytes)});
  }

  Error check_column(const Column& column, const SectionHead& at) {
    if (at.type != static_cast<std::uint32_t>(column.type) || at.rows != column.rows || at.width != column.width ||
        at.planes != column.planes) {
      return bad("The snapshot's column has another shape",
                 Words() << column.planes << " times " << column.rows << " rows of " << column.width,
                 Words() << at.planes << " times " << at.rows << " rows of " << at.width, column.name.view());
    }
    const std::uint64_t element = element_bytes(column.type);
    for (std::uint64_t left = at.bytes; left;) {
      const std::uint64_t piece = std::min<std::uint64_t>(left, 16 * 1024);
      if (Error error = check_values(plan_, column, reader_.next(static_cast<std::size_t>(piece)),
                                     static_cast<std::size_t>(piece / element)))
        return error;
      left -= piece;
    }
    return {};
  }

  Error write(const Section& section, const SectionHead& at) {
    if (section.column) {
      const Column& column = *section.column;
      for (std::uint32_t p = 0; p < column.planes; ++p)
        reader_.copy(block_ + column.offset + p * column.stride, plane_bytes(column));
    } else if (kind_of(section).saved == Saved::places) {
      read_places(plan_, block_, reader_);
    } else if (kind_of(section).saved == Saved::config) {
      reader_.skip(at.bytes);
    } else {
      reader_.copy(block_ + area(plan_, section.area).offset, at.bytes);
    }
    return {};
  }

  // What a snapshot of an older version does not have is as in an engine that has just been made.
  Error missing() {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (seen_[i]) continue;
      const Column* column = sections_[i].column;
      if (!column || order(head_.version) == order(kVersion))
        return bad("The snapshot lacks a section", sections_[i].name, "none");
      if (!checks_) clear_rows(*column, block_, 0, column->rows);
    }
    return {};
  }

  const Plan& plan_;
  std::byte* block_;
  SnapshotReader reader_;
  const Head& head_;
  bool checks_;
  std::array<Section, kMostSections> sections_;
  std::array<bool, kMostSections> seen_ = {};
  std::uint32_t count_ = 0;
  std::uint32_t next_ = 0;
  char name_[kMostName];
};

}  // namespace

std::uint64_t snapshot_bytes(const Plan& plan, const std::byte* block) {
  return total_bytes(plan, plan.map.capacity ? places_saved_bytes(plan, block) : 0);
}

std::uint64_t most_snapshot_bytes(const Plan& plan) {
  return total_bytes(plan, plan.map.capacity ? most_places_saved_bytes(plan) : 0);
}

Result<std::uint64_t> write_snapshot(const Plan& plan, std::byte* block, const SnapshotSink& sink, std::uint64_t room) {
  const std::uint64_t bytes = snapshot_bytes(plan, block);
  if (Error error = check_apart(plan, block, sink.room.data(), sink.room.size(), "snapshot_into")) return error;
  if (room < bytes) {
    return make_error(ErrorCode::wrong_count, "The buffer is too small for the snapshot", "snapshot_into",
                      Words() << bytes << " bytes", Words() << room << " bytes");
  }
  SnapshotWriter writer(sink);
  Head head = {};
  std::memcpy(head.magic, kMagic, sizeof kMagic);
  head.format = kFormat;
  std::copy(std::begin(kVersion), std::end(kVersion), head.version);
  each_section(plan, [&](const Section&) { ++head.sections; });
  head.bytes = bytes;
  writer.put(head);
  each_section(plan, [&](const Section& section) {
    const bool map = kind_of(section).saved == Saved::places;
    SectionHead at = {.name_bytes = static_cast<std::uint32_t>(section.name.size()),
                      .layout = kind_of(section).layout,
                      .type = kNoColumn,
                      .rows = 0,
                      .width = 0,
                      .planes = 0,
                      .bytes = section_bytes(plan, section, map ? places_saved_bytes(plan, block) : 0)};
    if (section.column) {
      at.type = static_cast<std::uint32_t>(section.column->type);
      at.rows = section.column->rows;
      at.width = section.column->width;
      at.planes = section.column->planes;
    }
    writer.put(at);
    writer.put(section.name.data(), section.name.size());
    writer.pad();
    if (section.column) {
      for (std::uint32_t p = 0; p < section.column->planes; ++p) {
        writer.put(block + section.column->offset + p * section.column->stride, plane_bytes(*section.column));
      }
    } else if (map) {
      write_places(plan, block, writer);
    } else {
      writer.put(block + area(plan, section.area).offset, at.bytes);
    }
    writer.pad();
  });
  writer.finish();
  return bytes;
}

Error read_snapshot(const Plan& plan, std::byte* block, const SnapshotSource& source) {
  if (Error error = source.fetch ? Error{} : check_apart(plan, block, source.bytes, source.size, "restore"))
    return error;
  Head head;
  if (Error error = read_head(source, head)) return error;
  Pass check(plan, block, source, head, true);
  const Error error = check.run();
  // Damage is told first: what else is wrong comes of it.
  if (Error damage = check_sum(source, head, check.checksum())) return damage;
  if (Error newer = check_version(head)) return newer;
  if (error) return error;
  return Pass(plan, block, source, head, false).run();
}

Error read_snapshot_config(const SnapshotSource& source, Config& config) {
  Head head;
  if (Error error = read_head(source, head)) return error;
  SnapshotReader reader(source, head.bytes - sizeof(std::uint64_t), true);
  reader.skip(sizeof head);
  Error error = bad("The snapshot lacks a section", "config", "none");
  SectionHead at;
  for (std::uint32_t i = 0; i < head.sections && reader.take(at) && fits(at, reader); ++i) {
    const std::byte* name = reader.next(padded(at.name_bytes));
    const bool is_config =
        at.type == kNoColumn && std::string_view(reinterpret_cast<const char*>(name), at.name_bytes) == "config";
    if (is_config && at.bytes <= kMostPiece) {
      error =
          read_config({reader.next(static_cast<std::size_t>(at.bytes)), static_cast<std::size_t>(at.bytes)}, config);
      break;
    }
    reader.skip(padded(at.bytes));
  }
  reader.skip(reader.left());
  if (Error damage = check_sum(source, head, reader.checksum())) return damage;
  if (Error newer = check_version(head)) return newer;
  return error;
}

}  // namespace sensorium
