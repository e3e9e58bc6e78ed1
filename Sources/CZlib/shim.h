#ifndef PODMEDIC_CZLIB_H
#define PODMEDIC_CZLIB_H
#include <zlib.h>
#endif
