#pragma once

#include <cstddef>
#include <cstdint>

// Brotli (brotli/decode.h and encode.h of 1.x), which the engine exports without the headers.
// content_decoder_test.cc, coder_test.cc and builder_test.cc prove that these declarations fit the
// pinned engine.
extern "C" {

struct BrotliDecoderState;

enum BrotliDecoderResult {                      // NOLINT
  BROTLI_DECODER_RESULT_ERROR = 0,              // NOLINT
  BROTLI_DECODER_RESULT_SUCCESS = 1,            // NOLINT
  BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT = 2,   // NOLINT
  BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT = 3,  // NOLINT
};

// The codes of failed allocations are between these two.
inline constexpr int kBrotliFirstAllocError = -30;
inline constexpr int kBrotliLastAllocError = -21;

using BrotliAlloc = void* (*)(void* opaque, size_t size);
using BrotliFree = void (*)(void* opaque, void* address);

// Null where there is no memory.
BrotliDecoderState* BrotliDecoderCreateInstance(BrotliAlloc alloc, BrotliFree free,  // NOLINT
                                                void* opaque);
void BrotliDecoderDestroyInstance(BrotliDecoderState* state);  // NOLINT
BrotliDecoderResult BrotliDecoderDecompressStream(             // NOLINT
    BrotliDecoderState* state, size_t* availableIn, const uint8_t** nextIn, size_t* availableOut,
    uint8_t** nextOut, size_t* totalOut);
int BrotliDecoderGetErrorCode(const BrotliDecoderState* state);  // NOLINT
// All at once; `outSize` is how much room there is, and then how much was written.
BrotliDecoderResult BrotliDecoderDecompress(size_t size, const uint8_t* in,  // NOLINT
                                            size_t* outSize, uint8_t* out);

struct BrotliEncoderState;

enum BrotliEncoderParameter { BROTLI_PARAM_QUALITY = 1, BROTLI_PARAM_LGWIN = 2 };  // NOLINT
enum BrotliEncoderOperation {                                                      // NOLINT
  BROTLI_OPERATION_PROCESS = 0,                                                    // NOLINT
  BROTLI_OPERATION_FLUSH = 1,                                                      // NOLINT
  BROTLI_OPERATION_FINISH = 2,                                                     // NOLINT
};

// Null where there is no memory.
BrotliEncoderState* BrotliEncoderCreateInstance(BrotliAlloc alloc, BrotliFree free,  // NOLINT
                                                void* opaque);
void BrotliEncoderDestroyInstance(BrotliEncoderState* state);  // NOLINT
int BrotliEncoderSetParameter(BrotliEncoderState* state,       // NOLINT
                              BrotliEncoderParameter parameter, uint32_t value);
// 0 when it failed.
int BrotliEncoderCompressStream(BrotliEncoderState* state,  // NOLINT
                                BrotliEncoderOperation operation, size_t* availableIn,
                                const uint8_t** nextIn, size_t* availableOut, uint8_t** nextOut,
                                size_t* totalOut);
int BrotliEncoderIsFinished(BrotliEncoderState* state);  // NOLINT
// The same for the other way; 0 when it failed.
size_t BrotliEncoderMaxCompressedSize(size_t size);                        // NOLINT
int BrotliEncoderCompress(int quality, int window, int mode, size_t size,  // NOLINT
                          const uint8_t* in, size_t* outSize, uint8_t* out);
}
