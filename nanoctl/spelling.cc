#include "nanoctl/spelling.h"

#include <algorithm>
#include <vector>

namespace nano {

namespace {

// How many characters are put in, left out, exchanged, or swapped with their neighbour.
size_t slips(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); i++) {
    for (size_t j = 0; j <= b.size(); j++) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      size_t exchanged = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, exchanged});
      bool isSwapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (isSwapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  constexpr size_t kMaxWord = 64;
  std::string_view best;
  // In a short word two slips make any other.
  size_t least = word.size() < 5 ? 2 : 3;
  if (word.size() > kMaxWord) return best;
  for (std::string_view each : known) {
    size_t count = slips(word, each);
    if (count >= least) continue;
    least = count;
    best = each;
  }
  return best;
}

}  // namespace nano
