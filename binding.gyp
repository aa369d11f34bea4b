{
  # -Dsanitize=address,undefined or -Dsanitize=thread, with --debug.
  'variables': { 'sanitize%': '' },
  'targets': [
    {
      # What a program is started through inside a namespace; it lies beside the addon.
      'target_name': 'rtnetlink-exec',
      'type': 'executable',
      'sources': [ '<!@(cat native/helper/sources.txt)' ],
      'include_dirs': [ 'native' ],
      'cflags!': [ '-fPIC' ],
      'cflags_cc!': [ '-std=gnu++17', '-std=gnu++20' ],
      'cflags_cc': [
        '-std=c++17',
        '-Wall',
        '-Wextra',
        '-Wformat=2',
        '-fPIE',
        '-fvisibility=hidden',
        '-fstack-protector-strong',
      ],
      # It needs nothing of the C++ library, and starts without it.
      'ldflags': [ '-pie', '-Wl,-z,relro,-z,now', '-Wl,--as-needed' ],
      'ldflags!': [ '-rdynamic' ],
      'conditions': [
        ['sanitize!=""', {
          'cflags_cc': [ '-fsanitize=<(sanitize)', '-fno-omit-frame-pointer' ],
          'ldflags': [ '-fsanitize=<(sanitize)' ],
        }],
      ],
      'configurations': {
        'Release': {
          'cflags_cc': [ '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2' ],
          'ldflags': [ '-s' ],
        },
      },
    },
    {
      'target_name': 'rtnetlink',
      'sources': [ '<!@(cat native/sources.txt)' ],
      'include_dirs': [ 'native' ],
      'dependencies': [ "<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all" ],
      'defines': [ 'NAPI_VERSION=9', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS' ],
      'cflags_cc!': [ '-std=gnu++17', '-std=gnu++20', '-fno-rtti' ],
      'cflags_cc': [
        '-std=c++17',
        '-Wall',
        '-Wextra',
        '-Wformat=2',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        '-fstack-protector-strong',
      ],
      'ldflags': [
        '-Wl,-z,relro,-z,now',
        # Threads of ours may run while the environment that loaded the addon is gone.
        '-Wl,-z,nodelete',
        '-Wl,--exclude-libs,ALL',
        # Instances of library templates are exported in spite of -fvisibility.
        '-Wl,--version-script=<(module_root_dir)/native/exports.map',
      ],
      'conditions': [
        ['sanitize!=""', {
          'cflags_cc': [ '-fsanitize=<(sanitize)', '-fno-omit-frame-pointer' ],
          'ldflags': [ '-fsanitize=<(sanitize)' ],
        }],
      ],
      'configurations': {
        'Release': {
          'cflags_cc': [ '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2' ],
          'ldflags': [ '-s' ],
        },
      },
    },
  ],
}
