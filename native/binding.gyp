# It is used from the folder above. There the package has none: package managers compile where they see one.
{
  # -Dsanitize=address,undefined or -Dsanitize=thread, with --debug.
  'variables': { 'sanitize%': '' },
  'target_defaults': {
    'include_dirs': [ 'native' ],
    'cflags_cc!': [ '-std=gnu++17', '-std=gnu++20', '-fno-rtti' ],
    'cflags_cc': [ '<!@(grep -v ^# native/flags/compile.txt)' ],
    'conditions': [
      ['sanitize!=""', {
        'cflags_cc': [ '-fsanitize=<(sanitize)', '-fno-omit-frame-pointer' ],
        'ldflags': [ '-fsanitize=<(sanitize)' ],
      }],
    ],
    'configurations': {
      'Release': {
        'cflags_cc': [ '<!@(grep -v ^# native/flags/release.txt)' ],
        'ldflags': [ '-s' ],
      },
    },
  },
  'targets': [
    {
      # What a program is started through inside a namespace; it lies beside the addon.
      'target_name': 'rtnetlink-exec',
      'type': 'executable',
      'sources': [ '<!@(cat native/helper/sources.txt)' ],
      'cflags!': [ '-fPIC' ],
      'cflags_cc': [ '-fPIE' ],
      'ldflags': [ '<!@(grep -v ^# native/flags/helper-link.txt)' ],
      'ldflags!': [ '-rdynamic' ],
    },
    {
      'target_name': 'rtnetlink',
      'sources': [ '<!@(cat native/sources.txt)' ],
      'dependencies': [ "<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all" ],
      'defines': [ '<!@(cat native/flags/addon-defines.txt)' ],
      'ldflags': [
        '<!@(grep -v ^# native/flags/addon-link.txt)',
        # Instances of library templates are exported in spite of -fvisibility.
        '-Wl,--version-script=<(module_root_dir)/native/exports.map',
      ],
    },
  ],
}
