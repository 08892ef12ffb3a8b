#include "snapshot/compression/coder.h"

namespace nano {

std::unique_ptr<Coder> Coder::makeEncoder(CompressionFormat format,
                                          const std::shared_ptr<BufferBudget>& budget,
                                          std::optional<int> level) {
  switch (format) {
    case CompressionFormat::kDeflate:
    case CompressionFormat::kDeflateRaw:
    case CompressionFormat::kGzip:
      return makeZlibEncoder(format, budget, level);
    case CompressionFormat::kBrotli:
      return makeBrotliEncoder(budget, level);
    case CompressionFormat::kZstd:
      return makeZstdEncoder(budget, level);
  }
  return nullptr;
}

std::unique_ptr<Coder> Coder::makeDecoder(CompressionFormat format,
                                          const std::shared_ptr<BufferBudget>& budget) {
  switch (format) {
    case CompressionFormat::kDeflate:
    case CompressionFormat::kDeflateRaw:
    case CompressionFormat::kGzip:
      return makeZlibDecoder(format, budget);
    case CompressionFormat::kBrotli:
      return makeBrotliDecoder(budget);
    case CompressionFormat::kZstd:
      return makeZstdDecoder(budget);
  }
  return nullptr;
}

}  // namespace nano
