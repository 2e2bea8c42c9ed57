// A strict reader of JSON (RFC 8259) over bytes that may be anything. It goes forward over the text and never copies it.
// Whoever reads asks for what the grammar wants next; nothing here recurses, so no nesting can be too deep.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sensorium::json {

// What stands between a string's quotes: still escaped, but known to be well formed.
struct String {
  std::string_view escaped;
};

// A string's bytes one after the other, without its escapes: UTF-8.
class Decoder {
 public:
  explicit Decoder(String string) : rest_(string.escaped) {}
  // -1 at the end.
  int next();

 private:
  std::string_view rest_;
  unsigned char pending_[3] = {};  // of a character that an escape stood for
  unsigned pending_count_ = 0;
};

bool equal(String a, String b);
bool equal(String a, std::string_view text);

// Copies a string without its escapes. Returns how long it is; where that is more than `room`, only its beginning is there.
std::size_t decode(String string, char* into, std::size_t room);

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Each of these passes over white space first, and takes nothing where it fails.
  bool take(char mark);
  std::optional<String> string();
  // Digits alone, as a count or an offset is written: no sign, fraction or exponent; below 2^64.
  std::optional<std::uint64_t> count();
  // Any number of JSON, in at most 63 characters, that as a double is 0, or finite and normal.
  std::optional<double> number();

  // Where what comes next begins, white space not counted to it; and the text from there.
  std::size_t position();
  std::string_view rest();
  // All that was not taken, white space too.
  std::string_view untaken() const { return text_.substr(at_); }

 private:
  void pass_space();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace sensorium::json
