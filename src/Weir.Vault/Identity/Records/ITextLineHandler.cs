// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Identity.Records;

/// <summary>Takes the lines of a file or of syslog, in order.</summary>
internal interface ITextLineHandler
{
    /// <summary>Whether a record may go over several lines: then a file is read from its beginning
    /// after a restart.</summary>
    bool SpansLines { get; }

    /// <summary>Whether the first line of a file names its columns.</summary>
    bool HasHeader { get; }

    /// <summary>A file begins.</summary>
    void Begin();

    /// <summary>Takes one line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="nowMs">The collector's clock, milliseconds since the UNIX epoch.</param>
    /// <param name="sinceMs">The line was written after this moment; <see cref="long.MinValue"/> where
    /// that is not known.</param>
    void HandleLine(string line, long nowMs, long sinceMs);
}
