// The strict reader of JSON: what it takes, and that it takes nothing else.
#include "json.h"

#include <bit>
#include <cstdint>
#include <string>

#include "core/support.h"

namespace sensorium::test {
namespace {

using json::Reader;

// The text of a JSON string, or "refused".
std::string read(std::string_view text) {
  Reader reader(text);
  const auto string = reader.string();
  if (!string) return "refused";
  char bytes[256];
  const std::size_t length = json::decode(*string, bytes, sizeof bytes);
  return std::string(bytes, length) + std::string(reader.untaken());
}

TEST(Json, ReadsStringsWithTheirEscapes) {
  EXPECT_EQ(read(R"("plain")"), "plain");
  EXPECT_EQ(read(R"("")"), "");
  EXPECT_EQ(read(" \t\r\n\"after space\""), "after space");
  EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(read(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "A\u00e9\u20ac\U0001F600");
  EXPECT_EQ(read("\"\u00e9\u20ac\U0001F600\u007f\""), "\u00e9\u20ac\U0001F600\u007f");
  EXPECT_EQ(read(R"("\u0000")"), std::string(1, '\0'));
}

TEST(Json, RefusesStringsThatAreNone) {
  for (const char* text :
       {"", "plain", "\"", "\"open", R"("\")", R"("\x41")", R"("\u12")", R"("\u12G4")", R"("\U0041")", "'single'",
        R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800\ud800")", R"("\ud800x")"}) {
    EXPECT_EQ(read(text), "refused") << text;
  }
  EXPECT_EQ(read("\"line\nend\""), "refused") << "control characters are escaped";
  EXPECT_EQ(read(std::string_view("\"\0\"", 3)), "refused");
}

TEST(Json, RefusesWhatIsNoUtf8) {
  for (const char* bytes : {"\x80", "\xC0\xAF", "\xC1\x81", "\xC3", "\xC3(", "\xE0\x80\xAF", "\xE0\x9F\xBF",
                            "\xED\xA0\x80", "\xE2\x82", "\xF0\x80\x80\xAF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xFF", "\xFE", "\xF0\x9F\x98"}) {
    EXPECT_EQ(read(std::string("\"") + bytes + "\""), "refused");
  }
  for (const char* bytes : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80",
                            "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(read(std::string("\"") + bytes + "\""), bytes);
  }
}

TEST(Json, ComparesStringsByWhatTheyMean) {
  const auto string = [](std::string_view text) { return *Reader(text).string(); };
  EXPECT_TRUE(json::equal(string(R"("\u0061b")"), string(R"("a\u0062")")));
  EXPECT_TRUE(json::equal(string(R"("\u0061b")"), "ab"));
  EXPECT_FALSE(json::equal(string(R"("ab")"), "abc"));
  EXPECT_FALSE(json::equal(string(R"("abc")"), "ab"));
  EXPECT_FALSE(json::equal(string(R"("a\u0000")"), string(R"("a")")));
}

TEST(Json, DecodesNoMoreThanThereIsRoomFor) {
  char bytes[4] = {'#', '#', '#', '#'};
  EXPECT_EQ(json::decode(*Reader("\"abcdef\"").string(), bytes, 3), 6u);
  EXPECT_EQ(std::string_view(bytes, 4), "abc#");
}

TEST(Json, ReadsCounts) {
  for (const auto& [text, value] :
       {std::pair("0", 0ull), std::pair(" 12,", 12ull), std::pair("9007199254740993", 9007199254740993ull),
        std::pair("18446744073709551615]", 18446744073709551615ull)}) {
    EXPECT_EQ(Reader(text).count(), std::optional<std::uint64_t>(value)) << text;
  }
  for (const char* text : {"", "-1", "-0", "+1", "01", "00", "1.0", "1e3", "1E3", "0x10", "18446744073709551616",
                           "99999999999999999999999", "NaN", "\"1\"", "null"}) {
    const bool taken = Reader(text).count().has_value();
    // "0x10" is the count 0, and what follows belongs to whoever reads on.
    EXPECT_EQ(taken, std::string_view(text) == "0x10") << text;
  }
}

TEST(Json, ReadsNumbers) {
  struct Case {
    const char* text;
    double value;
  };
  for (const auto& [text, value] :
       {Case{"0", 0}, Case{"-0", -0.0}, Case{"0.5", 0.5}, Case{"-12.25e2", -1225}, Case{"1E-3", 0.001},
        Case{"0.1", 0.1}, Case{"1e+2", 100}, Case{"123456789012345678", 123456789012345678.0},
        Case{"9007199254740993", 9007199254740992.0}, Case{"2.2250738585072014e-308", 0x1p-1022},
        Case{"1.7976931348623157e308", std::numeric_limits<double>::max()}, Case{"0e999", 0}, Case{"5.0e-1]", 0.5}}) {
    const auto number = Reader(text).number();
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*number), std::bit_cast<std::uint64_t>(value)) << text;
  }
  for (const char* text : {"",          "-",
                           "+1",        ".5",
                           "5.",        "01",
                           "-01",       "1e",
                           "1e+",       "1.e5",
                           "NaN",       "Infinity",
                           "-Infinity", "inf",
                           "nan",       "1e309",
                           "-1e999",    "1e-309",
                           "1e-999",    "\"1\"",
                           "true",      "0000000000000000000000000000000000000000000000000000000000000000001"}) {
    EXPECT_FALSE(Reader(text).number()) << text;
  }
  EXPECT_FALSE(Reader("0." + std::string(70, '1')).number()) << "longer than 63 characters";
}

TEST(Json, TakesNothingWhereItFails) {
  Reader reader(" [1.5, \"a\"]");
  EXPECT_FALSE(reader.take('{'));
  EXPECT_TRUE(reader.take('['));
  EXPECT_FALSE(reader.count());
  EXPECT_FALSE(reader.string());
  EXPECT_EQ(reader.position(), 2u);
  EXPECT_EQ(reader.number(), 1.5);
  EXPECT_TRUE(reader.take(','));
  EXPECT_FALSE(reader.number());
  EXPECT_EQ(reader.rest(), "\"a\"]");
  EXPECT_TRUE(reader.string());
  EXPECT_TRUE(reader.take(']'));
  EXPECT_EQ(reader.untaken(), "");
}

}  // namespace
}  // namespace sensorium::test
