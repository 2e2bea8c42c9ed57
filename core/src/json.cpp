#include "json.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace sensorium::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits of \uXXXX; -1 where they are not.
int hex_word(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Bytes of the escape that `text` begins with, after its backslash, and the character it stands for; 0 bytes where it is none.
// Half a pair of surrogates is no character.
std::size_t escape_length(std::string_view text, std::uint32_t& character) {
  if (text.empty()) return 0;
  constexpr std::string_view kMarks = "\"\\/bfnrt";
  constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
  const std::size_t plain = kMarks.find(text[0]);
  if (plain != std::string_view::npos) {
    character = static_cast<unsigned char>(kMeaning[plain]);
    return 1;
  }
  const int high = text[0] == 'u' ? hex_word(text.substr(1)) : -1;
  if (high < 0) return 0;
  character = static_cast<std::uint32_t>(high);
  if (high < 0xD800 || high > 0xDFFF) return 5;
  const int low = text.substr(5).starts_with("\\u") ? hex_word(text.substr(7)) : -1;
  if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return 0;
  character = 0x10000 + ((character - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00);
  return 11;
}

// Bytes of the character of UTF-8 that `text` begins with; 0 where it is none: cut, overlong, a surrogate, beyond U+10FFFF.
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto follows = [&byte](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90, beyond = first == 0xF4 && second > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

int Decoder::next() {
  if (pending_count_ > 0) return pending_[--pending_count_];
  if (rest_.empty()) return -1;
  const unsigned char byte = static_cast<unsigned char>(rest_.front());
  rest_.remove_prefix(1);
  if (byte != '\\') return byte;
  std::uint32_t character = 0;
  rest_.remove_prefix(escape_length(rest_, character));
  if (character < 0x80) return static_cast<int>(character);
  // The last byte goes in first: it comes out last.
  const auto follow = [&](unsigned shift) {
    pending_[pending_count_++] = static_cast<unsigned char>(0x80 | ((character >> shift) & 0x3F));
  };
  follow(0);
  if (character < 0x800) return static_cast<int>(0xC0 | (character >> 6));
  follow(6);
  if (character < 0x10000) return static_cast<int>(0xE0 | (character >> 12));
  follow(12);
  return static_cast<int>(0xF0 | (character >> 18));
}

bool equal(String a, String b) {
  Decoder left(a), right(b);
  for (;;) {
    const int byte = left.next();
    if (byte != right.next()) return false;
    if (byte < 0) return true;
  }
}

bool equal(String a, std::string_view text) {
  Decoder left(a);
  for (const char c : text) {
    if (left.next() != static_cast<unsigned char>(c)) return false;
  }
  return left.next() < 0;
}

std::size_t decode(String string, char* into, std::size_t room) {
  Decoder decoder(string);
  std::size_t length = 0;
  for (int byte = decoder.next(); byte >= 0; byte = decoder.next(), ++length) {
    if (length < room) into[length] = static_cast<char>(byte);
  }
  return length;
}

void Reader::pass_space() {
  while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos) ++at_;
}

std::size_t Reader::position() {
  pass_space();
  return at_;
}

std::string_view Reader::rest() {
  pass_space();
  return text_.substr(at_);
}

bool Reader::take(char mark) {
  const bool there = rest().starts_with(mark);
  at_ += there;
  return there;
}

std::optional<String> Reader::string() {
  const std::string_view rest = this->rest();
  if (!rest.starts_with('"')) return std::nullopt;
  std::size_t length = 1;
  while (length < rest.size() && rest[length] != '"') {
    if (static_cast<unsigned char>(rest[length]) < 0x20) return std::nullopt;
    std::uint32_t character = 0;
    const bool escape = rest[length] == '\\';
    const std::size_t bytes =
        escape ? escape_length(rest.substr(length + 1), character) : character_length(rest.substr(length));
    if (bytes == 0) return std::nullopt;
    length += bytes + escape;
  }
  if (length >= rest.size()) return std::nullopt;
  at_ += length + 1;
  return String{rest.substr(1, length - 1)};
}

std::optional<std::uint64_t> Reader::count() {
  const std::string_view rest = this->rest();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  const std::size_t length = static_cast<std::size_t>(end - rest.data());
  // JSON writes no zeros in front; what a fraction or exponent follows is no count.
  if (error != std::errc() || length == 0 || (length > 1 && rest[0] == '0')) return std::nullopt;
  if (length < rest.size() && std::string_view(".eE").find(rest[length]) != std::string_view::npos) return std::nullopt;
  at_ += length;
  return value;
}

std::optional<double> Reader::number() {
  const std::string_view rest = this->rest();
  const auto at = [rest](std::size_t i) { return i < rest.size() ? rest[i] : '\0'; };
  const auto digits = [&](std::size_t& i) {
    const std::size_t first = i;
    while (is_digit(at(i))) ++i;
    return i > first;
  };
  std::size_t length = at(0) == '-' ? 1 : 0;
  const std::size_t first = length;
  if (!digits(length) || (at(first) == '0' && length > first + 1)) return std::nullopt;
  if (at(length) == '.' && !digits(++length)) return std::nullopt;
  if (at(length) == 'e' || at(length) == 'E') {
    ++length;
    if (at(length) == '+' || at(length) == '-') ++length;
    if (!digits(length)) return std::nullopt;
  }
  char text[64];
  if (length >= sizeof text) return std::nullopt;
  std::memcpy(text, rest.data(), length);
  text[length] = '\0';
  double value = 0;
#if defined(__cpp_lib_to_chars)
  std::from_chars(text, text + length, value);
#else
  // libc++ before LLVM 20 has no from_chars for numbers like these. WebAssembly's C library knows one decimal sign only; where a
  // host has set another, the number is refused, as it is not read to its end.
  char* end = text;
  value = std::strtod(text, &end);
  if (end != text + length) return std::nullopt;
#endif
  // One too large for a double, or too small for a normal one, is told in different ways: neither is taken.
  const std::string_view written(text, length);
  const bool zero = written.substr(0, written.find_first_of("eE")).find_first_of("123456789") == std::string_view::npos;
  if (!std::isfinite(value) || (!zero && std::fabs(value) < std::numeric_limits<double>::min())) return std::nullopt;
  at_ += length;
  return value;
}

}  // namespace sensorium::json
