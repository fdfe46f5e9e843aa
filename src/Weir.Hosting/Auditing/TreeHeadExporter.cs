// SPDX-License-Identifier: Apache-2.0
//
// Heads off the box: the file there is a copy of heads.jsonl, brought up to date after each head. Nothing is ever taken
// away there; a copy that holds more than the log shows that the log was set back.
namespace Weir.Hosting.Auditing;

internal sealed class TreeHeadExporter(AuditFolder folder, string directory)
{
    private readonly string _copy = Path.Combine(directory, folder.CopyName);

    /// <exception cref="AuditException">The copy holds heads that the log lacks.</exception>
    public void Copy()
    {
        Directory.CreateDirectory(directory);
        var key = Path.Combine(directory, "public.pem");
        if (!File.Exists(key))
        {
            File.Copy(folder.PublicKeyFile, key);
        }

        using var from = new FileStream(folder.HeadsFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var to = new FileStream(_copy, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (to.Length > from.Length)
        {
            throw new AuditException($"audit: '{_copy}' holds heads that '{folder.HeadsFile}' lacks: the log was set "
                + "back, or another log is copied to the same place");
        }

        from.Seek(to.Length, SeekOrigin.Begin);
        to.Seek(0, SeekOrigin.End);
        from.CopyTo(to);
        to.Flush(flushToDisk: true);
    }
}
