// SPDX-License-Identifier: Apache-2.0
//
// A log as one file of JSON lines: the public key, then every entry and every head exactly as it stands, so that others
// can recompute it without this program.
using System.Text;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>Writes a log as JSON lines.</summary>
public static class AuditExport
{
    /// <returns>How many entries and heads were written.</returns>
    /// <exception cref="AuditException">There is no log there.</exception>
    public static (long Entries, long Heads) Write(string directory, Stream to)
    {
        var folder = new AuditFolder(directory);
        if (!folder.HasLog)
        {
            throw new AuditException($"audit: '{directory}' holds no log; name the folder that auditing.dir names");
        }

        var json = new CanonicalJson();
        json.Begin();
        json.Text("publicKey", Encoding.ASCII.GetString(File.ReadAllBytes(folder.PublicKeyFile)));
        json.Text("schema", "weir.audit/1");
        json.End();
        to.Write(json.Written);
        to.Write("\n"u8);

        // The heads are read first, so that the file holds every entry they cover even while the log is written.
        using var heads = new MemoryStream();
        var headCount = File.Exists(folder.HeadsFile) ? Lines(folder.HeadsFile, heads) : 0;
        headCount += File.Exists(folder.TailFile) ? Lines(folder.TailFile, heads) : 0;
        var entryCount = folder.Segments().Sum(segment => Lines(segment.Path, to));
        to.Write(heads.GetBuffer(), 0, (int)heads.Length);
        return (entryCount, headCount);
    }

    private static long Lines(string path, Stream to)
    {
        var count = 0L;
        foreach (var line in TextLineFile.Read(path).Where(l => l.IsWhole))
        {
            to.Write(line.Octets.Span);
            to.Write("\n"u8);
            count++;
        }

        return count;
    }
}
