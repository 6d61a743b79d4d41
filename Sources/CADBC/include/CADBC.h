#ifndef MARTLET_CADBC_H
#define MARTLET_CADBC_H

// The parts of two published C interfaces that the embedded engine speaks, declared from their specifications:
//   - the Arrow C data interface and C stream interface (arrow.apache.org, "The Arrow C data interface");
//   - ADBC 1.1.0, the driver table (arrow.apache.org/adbc, "adbc.h").
// Layouts are an ABI: order and types of the members must not change. A member of the driver table that Martlet does
// not call is an untyped pointer here, which has the same size.

#include <stddef.h>
#include <stdint.h>

#define MARTLET_ADBC_VERSION_1_1_0 1001000

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

typedef uint8_t AdbcStatusCode;

struct AdbcDriver;

struct AdbcError {
    char *message;
    int32_t vendor_code;
    char sqlstate[5];
    void (*release)(struct AdbcError *);
    void *private_data;
    struct AdbcDriver *private_driver;
};

struct AdbcDatabase {
    void *private_data;
    struct AdbcDriver *private_driver;
};

struct AdbcConnection {
    void *private_data;
    struct AdbcDriver *private_driver;
};

struct AdbcStatement {
    void *private_data;
    struct AdbcDriver *private_driver;
};

struct AdbcDriver {
    void *private_data;
    void *private_manager;
    AdbcStatusCode (*release)(struct AdbcDriver *, struct AdbcError *);

    AdbcStatusCode (*DatabaseInit)(struct AdbcDatabase *, struct AdbcError *);
    AdbcStatusCode (*DatabaseNew)(struct AdbcDatabase *, struct AdbcError *);
    AdbcStatusCode (*DatabaseSetOption)(struct AdbcDatabase *, const char *, const char *, struct AdbcError *);
    AdbcStatusCode (*DatabaseRelease)(struct AdbcDatabase *, struct AdbcError *);

    void *ConnectionCommit;
    void *ConnectionGetInfo;
    void *ConnectionGetObjects;
    void *ConnectionGetTableSchema;
    void *ConnectionGetTableTypes;
    AdbcStatusCode (*ConnectionInit)(struct AdbcConnection *, struct AdbcDatabase *, struct AdbcError *);
    AdbcStatusCode (*ConnectionNew)(struct AdbcConnection *, struct AdbcError *);
    AdbcStatusCode (*ConnectionSetOption)(struct AdbcConnection *, const char *, const char *, struct AdbcError *);
    void *ConnectionReadPartition;
    AdbcStatusCode (*ConnectionRelease)(struct AdbcConnection *, struct AdbcError *);
    void *ConnectionRollback;

    void *StatementBind;
    AdbcStatusCode (*StatementBindStream)(struct AdbcStatement *, struct ArrowArrayStream *, struct AdbcError *);
    AdbcStatusCode (*StatementExecuteQuery)(struct AdbcStatement *, struct ArrowArrayStream *, int64_t *,
                                            struct AdbcError *);
    void *StatementExecutePartitions;
    void *StatementGetParameterSchema;
    AdbcStatusCode (*StatementNew)(struct AdbcConnection *, struct AdbcStatement *, struct AdbcError *);
    void *StatementPrepare;
    AdbcStatusCode (*StatementRelease)(struct AdbcStatement *, struct AdbcError *);
    AdbcStatusCode (*StatementSetOption)(struct AdbcStatement *, const char *, const char *, struct AdbcError *);
    AdbcStatusCode (*StatementSetSqlQuery)(struct AdbcStatement *, const char *, struct AdbcError *);
    void *StatementSetSubstraitPlan;

    // Added by ADBC 1.1.0.
    void *ErrorGetDetailCount;
    void *ErrorGetDetail;
    void *ErrorFromArrayStream;
    void *DatabaseGetOption;
    void *DatabaseGetOptionBytes;
    void *DatabaseGetOptionDouble;
    void *DatabaseGetOptionInt;
    void *DatabaseSetOptionBytes;
    void *DatabaseSetOptionDouble;
    void *DatabaseSetOptionInt;
    AdbcStatusCode (*ConnectionCancel)(struct AdbcConnection *, struct AdbcError *);
    void *ConnectionGetOption;
    void *ConnectionGetOptionBytes;
    void *ConnectionGetOptionDouble;
    void *ConnectionGetOptionInt;
    void *ConnectionGetStatistics;
    void *ConnectionGetStatisticNames;
    void *ConnectionSetOptionBytes;
    void *ConnectionSetOptionDouble;
    void *ConnectionSetOptionInt;
    AdbcStatusCode (*StatementCancel)(struct AdbcStatement *, struct AdbcError *);
    void *StatementExecuteSchema;
    void *StatementGetOption;
    void *StatementGetOptionBytes;
    void *StatementGetOptionDouble;
    void *StatementGetOptionInt;
    void *StatementSetOptionBytes;
    void *StatementSetOptionDouble;
    void *StatementSetOptionInt;
};

typedef AdbcStatusCode (*MartletADBCDriverInit)(int version, void *driver, struct AdbcError *error);

/// Opens a shared library. `deep_bind` makes it prefer its own symbols over the program's (glibc only; ignored
/// elsewhere). Returns NULL on failure; `martlet_dl_error` then tells why.
void *martlet_dl_open(const char *path, int global, int deep_bind);
void *martlet_dl_symbol(void *handle, const char *name);
const char *martlet_dl_error(void);

#endif
