#pragma once

#include <cstddef>

// Zstandard (zstd.h of 1.5), which the engine exports without the header.
// content_decoder_test.cc, coder_test.cc and builder_test.cc prove that these declarations
// fit the pinned engine.
extern "C" {

struct ZSTD_CCtx;  // NOLINT
struct ZSTD_DCtx;  // NOLINT

struct ZSTD_customMem {  // NOLINT
  void* (*customAlloc)(void* opaque, size_t size);
  void (*customFree)(void* opaque, void* address);
  void* opaque;
};

struct ZSTD_inBuffer {  // NOLINT
  const void* src;
  size_t size;
  size_t pos;
};
struct ZSTD_outBuffer {  // NOLINT
  void* dst;
  size_t size;
  size_t pos;
};

enum ZSTD_dParameter { ZSTD_d_windowLogMax = 100 };         // NOLINT
enum ZSTD_ErrorCode { ZSTD_error_memory_allocation = 64 };  // NOLINT

ZSTD_DCtx* ZSTD_createDCtx_advanced(ZSTD_customMem memory);                               // NOLINT
size_t ZSTD_freeDCtx(ZSTD_DCtx* context);                                                 // NOLINT
size_t ZSTD_DCtx_setParameter(ZSTD_DCtx* context, ZSTD_dParameter parameter, int value);  // NOLINT
// 0 at the end of a frame; a hint or an error else.
size_t ZSTD_decompressStream(ZSTD_DCtx* context, ZSTD_outBuffer* output,  // NOLINT
                             ZSTD_inBuffer* input);
enum ZSTD_cParameter { ZSTD_c_compressionLevel = 100 };                                   // NOLINT
enum ZSTD_EndDirective { ZSTD_e_continue = 0, ZSTD_e_flush = 1, ZSTD_e_end = 2 };         // NOLINT
size_t ZSTD_CCtx_setParameter(ZSTD_CCtx* context, ZSTD_cParameter parameter, int value);  // NOLINT
ZSTD_CCtx* ZSTD_createCCtx_advanced(ZSTD_customMem memory);                               // NOLINT
size_t ZSTD_freeCCtx(ZSTD_CCtx* context);                                                 // NOLINT
// What is still to be written, or an error.
size_t ZSTD_compressStream2(ZSTD_CCtx* context, ZSTD_outBuffer* output,  // NOLINT
                            ZSTD_inBuffer* input, ZSTD_EndDirective end);
// All at once, with a dictionary.
ZSTD_CCtx* ZSTD_createCCtx();                                  // NOLINT
ZSTD_DCtx* ZSTD_createDCtx();                                  // NOLINT
size_t ZSTD_compressBound(size_t size);                        // NOLINT
size_t ZSTD_compress_usingDict(ZSTD_CCtx* context, void* out,  // NOLINT
                               size_t room, const void* in, size_t size, const void* dictionary,
                               size_t dictionarySize, int level);
size_t ZSTD_decompress_usingDict(ZSTD_DCtx* context, void* out,  // NOLINT
                                 size_t room, const void* in, size_t size, const void* dictionary,
                                 size_t dictionarySize);
unsigned ZSTD_isError(size_t code);             // NOLINT
ZSTD_ErrorCode ZSTD_getErrorCode(size_t code);  // NOLINT
}
