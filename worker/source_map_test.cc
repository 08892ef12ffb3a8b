#include "worker/source_map.h"

#include <string>

#include <gtest/gtest.h>

#include "worker/source_maps.h"

namespace nano {
namespace {

// Two sources, generated lines 1 and 3: (1:1 -> a.ts 1:1), (1:11 -> b.ts 11:5), (3:5 -> a.ts 2:3).
constexpr char kMappings[] = "AAAA,UCUI;;IDTF";

std::string mapOf(const std::string& mappings, const std::string& more = "") {
  return R"({"version":3,"sources":["a.ts","src/b.ts"],"names":["n"],"mappings":")" + mappings +
         "\"" + more + "}";
}

std::string placeIn(const SourceMap& map, uint32_t line, uint32_t column) {
  auto place = map.find(line, column);
  if (!place) return "none";
  return place->source + ":" + std::to_string(place->line) + ":" + std::to_string(place->column);
}

SourceMap parsed(const std::string& json) {
  auto map = SourceMap::parse(json);
  if (auto* problem = std::get_if<std::string>(&map)) ADD_FAILURE() << *problem;
  return std::get<SourceMap>(std::move(map));
}

TEST(SourceMapTest, FindsThePlaceAtOrBefore) {
  SourceMap map = parsed(mapOf(kMappings));
  EXPECT_EQ(placeIn(map, 1, 1), "a.ts:1:1");
  EXPECT_EQ(placeIn(map, 1, 10), "a.ts:1:1");
  EXPECT_EQ(placeIn(map, 1, 11), "src/b.ts:11:5");
  EXPECT_EQ(placeIn(map, 1, 500), "src/b.ts:11:5");
  EXPECT_EQ(placeIn(map, 2, 1), "none");
  EXPECT_EQ(placeIn(map, 3, 4), "none");
  EXPECT_EQ(placeIn(map, 3, 5), "a.ts:2:3");
  EXPECT_EQ(placeIn(map, 4, 1), "none");
  EXPECT_EQ(placeIn(map, 0, 0), "none");
}

TEST(SourceMapTest, FindsEachOfManyOnOneLine) {
  // 5000 segments, each one column further in both files; past many checkpoints.
  std::string mappings = "AAAA";
  for (int i = 0; i < 5000; ++i)
    mappings += ",CAAC";
  SourceMap map = parsed(mapOf(mappings));
  for (uint32_t column : {1U, 2U, 57U, 58U, 700U, 4321U, 5001U})
    EXPECT_EQ(placeIn(map, 1, column), "a.ts:1:" + std::to_string(column));
}

TEST(SourceMapTest, APlaceOfNoSourceIsNone) {
  EXPECT_EQ(placeIn(parsed(mapOf("AAAA,I")), 1, 6), "none");
  EXPECT_EQ(placeIn(parsed(mapOf("AAAA,I")), 1, 2), "a.ts:1:1");
  EXPECT_EQ(placeIn(parsed(R"({"version":3,"sources":[null],"mappings":"AAAA"})"), 1, 1), "none");
}

TEST(SourceMapTest, TakesNamesAndARoot) {
  EXPECT_EQ(placeIn(parsed(mapOf("AAAAA", R"(,"sourceRoot":"app")")), 1, 1), "app/a.ts:1:1");
}

TEST(SourceMapTest, HasTheTextOfASource) {
  const std::string json = mapOf("AAAA", R"(,"sourcesContent":["first","second\nline"])");
  EXPECT_EQ(SourceMap::contentOf(json, 1), "second\nline");
  EXPECT_EQ(SourceMap::contentOf(json, 2), std::nullopt);
}

TEST(SourceMapTest, RefusesWhatIsBroken) {
  for (const std::string& json :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"version":3})"),
        std::string(R"({"version":2,"sources":[],"mappings":""})"),
        std::string(R"({"version":3,"sections":[]})"), mapOf("!"), mapOf("AA"), mapOf("AAA"),
        mapOf("AAAAAA"), mapOf("AEAA"), mapOf("AADA"), mapOf("AAAD"), mapOf("ADAA"),
        mapOf("IAAA,DAAA"), mapOf("ggggggggggA"), mapOf("AAA\xc3\xa4"), mapOf("A,A,g"),
        "{\"version\":3,\"mappings\":\"\",\"sources\":[" + std::string(50'000, '[')}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(SourceMap::parse(json))) << json.substr(0, 90);
  }
  EXPECT_TRUE(std::holds_alternative<SourceMap>(SourceMap::parse(mapOf(""))));
  EXPECT_TRUE(std::holds_alternative<SourceMap>(SourceMap::parse(mapOf(std::string(9999, ';')))));
}

// Ten megabytes of separators are walked once, when the map is read, not for each place.
TEST(SourceMapTest, FindsPlacesBesideManyEmptyLines) {
  constexpr size_t kLines = 10'000'000;
  const std::string json =
      R"({"version":3,"sources":["s"],"mappings":"AAAA)" + std::string(kLines, ';') + R"(AAAA"})";
  auto parsed = SourceMap::parse(json);
  const auto& map = std::get<SourceMap>(parsed);
  for (int i = 0; i < 100'000; ++i)
    ASSERT_FALSE(map.find(5, 9).has_value());
  EXPECT_TRUE(map.find(1, 1).has_value());
  EXPECT_TRUE(map.find(kLines + 1, 1).has_value());
}

TEST(SourceMapTest, SurvivesAnyMappings) {
  const std::string alphabet = "ACDEIgUw+/,,;;!Z9";
  uint32_t state = 7;
  for (int i = 0; i < 20'000; ++i) {
    std::string mappings;
    for (int j = 0; j < 24; ++j) {
      state = state * 1664525 + 1013904223;
      mappings += alphabet[(state >> 16) % alphabet.size()];
    }
    auto map = SourceMap::parse(mapOf(mappings));
    if (auto* good = std::get_if<SourceMap>(&map)) good->find(1 + (state >> 28), state >> 24);
  }
}

AppSource bundleWith(std::string map) {
  AppSource source;
  source.mainModule = "index.js";
  source.modules.push_back({"index.js", AppSource::Kind::kEsModule, "x"});
  source.modules.push_back({"index.js.map", AppSource::Kind::kSourceMap, std::move(map)});
  return source;
}

TEST(SourceMapsTest, MapsThePlacesOfStackLinesAndNothingElse) {
  const AppSource source = bundleWith(mapOf(kMappings));
  SourceMaps maps(source);
  EXPECT_EQ(maps.mapped("Error: at index.js:1:1\n    at f (index.js:1:11)\n    at index.js:3:5\n"
                        "    at async g (index.js:1:2)\n    at h (other.js:1:1)\n"
                        "    at index.js:9:9\n  at nothing"),
            "Error: at index.js:1:1\n    at f (src/b.ts:11:5)\n    at a.ts:2:3\n"
            "    at async g (a.ts:1:1)\n    at h (other.js:1:1)\n"
            "    at index.js:9:9\n  at nothing");
  EXPECT_EQ(maps.mapped(""), "");
  EXPECT_EQ(maps.mapped("\n\n"), "\n\n");
}

TEST(SourceMapsTest, MapsAnErrorWithItsExcerpt) {
  const AppSource source =
      bundleWith(mapOf(kMappings, R"(,"sourcesContent":["one\ntwo here","b"])"));
  SourceMaps maps(source);
  JsError error;
  error.file = "index.js";
  error.line = 3;
  error.column = 5;
  error.sourceLine = "generated";
  error.stack = "    at index.js:3:5";
  maps.map(error);
  EXPECT_EQ(error.file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column),
            "a.ts:2:3");
  EXPECT_EQ(error.sourceLine, "two here");
  EXPECT_EQ(error.stack, "    at a.ts:2:3");
}

TEST(SourceMapsTest, ABrokenMapHasOneReason) {
  auto reasonOf = [](const std::string& map) {
    const AppSource source = bundleWith(map);
    SourceMaps maps(source);
    maps.mapped("    at index.js:1:1");
    auto problems = maps.takeProblems();
    return problems.empty() ? "" : problems[0];
  };
  const std::string prefix = "The source map index.js.map is ignored: ";
  EXPECT_EQ(reasonOf("{\"version\": 3,"), prefix + "it is not JSON");
  std::string sources = "{\"version\": 3, \"mappings\": \"\", \"sources\": [\"\"";
  for (int i = 0; i < 20'000; ++i)
    sources += ",\"\"";
  EXPECT_EQ(reasonOf(sources + "]}"), prefix + "it has more than 20000 sources");
}

TEST(SourceMapsTest, ABrokenMapIsToldOnceAndIgnored) {
  const AppSource source = bundleWith("broken");
  SourceMaps maps(source);
  EXPECT_EQ(maps.mapped("    at index.js:1:1"), "    at index.js:1:1");
  EXPECT_EQ(maps.mapped("    at index.js:1:1"), "    at index.js:1:1");
  auto problems = maps.takeProblems();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("index.js.map is ignored"), std::string::npos);
  EXPECT_TRUE(maps.takeProblems().empty());
}

}  // namespace
}  // namespace nano
