// Bytes of a snapshot on their way, in order, with their checksum: to and from the caller's memory, or
// through a small buffer piece by piece where the caller's memory is out of reach (in WebAssembly,
// JavaScript's).
#pragma once

#include "checksum.h"

namespace sensorium {

// The most that is written or read in one piece: more than any tile or record has.
inline constexpr std::size_t kMostPiece = 48 * 1024;
// The least that a buffer between may have; a multiple of 32.
inline constexpr std::size_t kLeastBuffer = 64 * 1024;

// Where a snapshot goes: `room` from its start on. Where `flush` is there, room is a buffer between, and
// flush takes what is in it whenever it is full.
struct SnapshotSink {
  std::span<std::byte> room;
  void (*flush)(void* context, std::size_t filled) = nullptr;
  void* context = nullptr;
};

// Where a snapshot comes from: `bytes` as they lie. Where `fetch` is there, they lie out of reach, and it
// copies those from `at` on to `to` in the buffer `room`.
struct SnapshotSource {
  const std::byte* bytes = nullptr;
  std::uint64_t size = 0;
  std::span<std::byte> room = {};
  void (*fetch)(void* context, std::uint64_t at, std::size_t to, std::size_t bytes) = nullptr;
  void* context = nullptr;
};

class SnapshotWriter {
 public:
  explicit SnapshotWriter(const SnapshotSink& sink) : sink_(sink) {}

  // Where the next `bytes` (at most kMostPiece) go.
  std::byte* next(std::size_t bytes) {
    if (sink_.flush && filled_ + bytes > sink_.room.size()) flush();
    std::byte* at = sink_.room.data() + filled_;
    filled_ += bytes;
    return at;
  }
  template <class T>
  void put(const T& value) {
    std::memcpy(next(sizeof value), &value, sizeof value);
  }
  void put(const void* from, std::uint64_t bytes) {
    // In pieces that stay in the first-level cache until they are added up.
    constexpr std::uint64_t kPiece = 16 * 1024;
    for (const std::byte* at = static_cast<const std::byte*>(from); bytes;) {
      const std::size_t piece = static_cast<std::size_t>(bytes < kPiece ? bytes : kPiece);
      std::memcpy(next(piece), at, piece);
      at += piece;
      bytes -= piece;
      if (!sink_.flush) add_up();
    }
  }
  // Zeros up to a multiple of 8.
  void pad() {
    const std::size_t zeros = static_cast<std::size_t>(-(flushed_ + filled_) % 8);
    std::memset(next(zeros), 0, zeros);
  }
  std::uint64_t written() const { return flushed_ + filled_; }

  // The checksum, and the end.
  void finish() {
    sum_.add({sink_.room.data() + summed_, filled_ - summed_});
    summed_ = filled_;
    if (sink_.flush && filled_ + sizeof(std::uint64_t) > sink_.room.size()) flush();
    put(sum_.sum());
    if (sink_.flush) sink_.flush(sink_.context, filled_);
  }

 private:
  void add_up() {
    const std::size_t whole = (filled_ - summed_) / 32 * 32;
    sum_.add({sink_.room.data() + summed_, whole});
    summed_ += whole;
  }
  // What does not fill 32 bytes stays at the buffer's start.
  void flush() {
    add_up();
    const std::size_t left = filled_ - summed_;
    sink_.flush(sink_.context, summed_);
    flushed_ += summed_;
    std::memmove(sink_.room.data(), sink_.room.data() + summed_, left);
    filled_ = left;
    summed_ = 0;
  }

  SnapshotSink sink_;
  Checksum sum_;
  std::size_t filled_ = 0;  // bytes in the room
  std::size_t summed_ = 0;  // of them, those in the checksum
  std::uint64_t flushed_ = 0;
};

class SnapshotReader {
 public:
  // Reads the first `size` bytes of the source, and adds them up if they are to be checked.
  SnapshotReader(const SnapshotSource& source, std::uint64_t size, bool checks)
      : source_(source), size_(size), checks_(checks) {}

  std::uint64_t left() const { return size_ - at_; }

  // The next `bytes` (at most kMostPiece), wherever they lie, of any alignment; valid until the next call.
  // Null where fewer are left.
  const std::byte* next(std::size_t bytes) {
    if (bytes > left()) return nullptr;
    if (at_ + bytes > end_) advance();
    const std::byte* at = window() + (at_ - begin_);
    at_ += bytes;
    return at;
  }
  template <class T>
  bool take(T& value) {
    const std::byte* at = next(sizeof value);
    if (at) std::memcpy(&value, at, sizeof value);
    return at != nullptr;
  }
  // Copies bytes that must be there.
  void copy(void* to, std::uint64_t bytes) {
    for (std::byte* at = static_cast<std::byte*>(to); bytes;) {
      const std::size_t piece = static_cast<std::size_t>(bytes < kPiece ? bytes : kPiece);
      std::memcpy(at, next(piece), piece);
      at += piece;
      bytes -= piece;
    }
  }
  void skip(std::uint64_t bytes) {
    for (; bytes > kPiece; bytes -= kPiece) next(kPiece);
    next(static_cast<std::size_t>(bytes));
  }
  // Of all bytes, once all are read.
  std::uint64_t checksum() const { return sum_.sum(); }

 private:
  static constexpr std::size_t kPiece = 16 * 1024;

  const std::byte* window() const { return source_.fetch ? source_.room.data() : source_.bytes + begin_; }

  // The window on the source goes on, so far that any piece fits.
  void advance() {
    const std::size_t kept = static_cast<std::size_t>(end_ - at_);
    if (source_.fetch) std::memmove(source_.room.data(), source_.room.data() + (at_ - begin_), kept);
    begin_ = at_;
    const std::size_t room = (source_.fetch ? source_.room.size() : kLeastBuffer) - kept;
    const std::size_t more = static_cast<std::size_t>(size_ - end_ < room ? size_ - end_ : room / 32 * 32);
    if (source_.fetch) source_.fetch(source_.context, end_, kept, more);
    end_ += more;
    if (checks_) sum_.add({window() + kept, more});
  }

  SnapshotSource source_;
  std::uint64_t size_;
  bool checks_;
  Checksum sum_;
  std::uint64_t at_ = 0;     // the next byte
  std::uint64_t begin_ = 0;  // of the window
  std::uint64_t end_ = 0;
};

}  // namespace sensorium
