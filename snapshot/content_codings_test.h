#pragma once

#include <zlib.h>

#include <string>

#include <kj/debug.h>

// Encoders of the engine, for tests of what takes content codings off.
extern "C" {
int BrotliEncoderCompress(int quality, int windowBits, int mode, size_t inputSize,  // NOLINT
                          const uint8_t* input, size_t* outputSize, uint8_t* output);
size_t ZSTD_compressBound(size_t size);                                              // NOLINT
size_t ZSTD_compress(void* output, size_t capacity, const void* input, size_t size,  // NOLINT
                     int level);
}

namespace nano {

// `format`: 31 for gzip, 15 for zlib, -15 for bare deflate.
inline std::string zlibOf(const std::string& text, int format) {
  z_stream stream{};
  KJ_ASSERT(deflateInit2(&stream, 6, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  KJ_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
inline std::string gzipOf(const std::string& text) { return zlibOf(text, 15 + 16); }

inline std::string brotliOf(const std::string& text) {
  std::string out(text.size() + 1024, '\0');
  size_t size = out.size();
  KJ_ASSERT(BrotliEncoderCompress(5, 22, 0, text.size(),
                                  reinterpret_cast<const uint8_t*>(text.data()), &size,
                                  reinterpret_cast<uint8_t*>(out.data())) == 1);
  out.resize(size);
  return out;
}

inline std::string zstdOf(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

}  // namespace nano
