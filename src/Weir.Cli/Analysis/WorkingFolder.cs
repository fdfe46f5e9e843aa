// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Analysis;

/// <summary>A folder of mode 0700 that goes with the run.</summary>
internal sealed class WorkingFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("weir-analyze-").FullName;

    public string At(string name) => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
