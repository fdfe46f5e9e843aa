// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.EndToEnd.Notifying;
using Weir.EndToEnd.Support;
using Weir.Hosting.Files;

namespace Weir.EndToEnd.Processes;

/// <summary>Who keeps heads outside beside syslog: a mail server, which puts mails into one box, and a receiver of
/// posts.</summary>
internal sealed class HeadReceivers : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly MailServer _mail;
    private readonly WebhookServer _posts;
    private readonly string _key;

    private HeadReceivers(TempFolder folder, MailServer mail, WebhookServer posts, string key) =>
        (_folder, _mail, _posts, _key) = (folder, mail, posts, key);

    /// <summary>The mail server, as the section <c>auditing.outside</c> has it.</summary>
    public string Server => $"""
            smtp:
              host: 127.0.0.1
              port: {_mail.Port}
              user: weir
              password-file: {_mail.PasswordFile}
              ca-file: {_mail.CaFile}

        """;

    /// <summary>Items of its channels.</summary>
    public string Channels => $"""
              - name: notary
                kind: mail
                from: Weir <weir@isp.example>
                to: notary@witness.example
              - name: witness
                kind: webhook
                url: {_posts.Address}/heads
                key-file: {_key}

        """;

    /// <summary>The box of the mails.</summary>
    public string Mails => _mail.Box;

    public static async Task<HeadReceivers> StartAsync(TempFolder folder)
    {
        var octets = RandomNumberGenerator.GetBytes(32);
        var key = folder.At("witness.key");
        KeyFile.Write(key, octets);
        await GiveAsync(key);
        var (mail, posts) = (new MailServer(folder, FreePort.Tcp()), await WebhookServer.StartAsync(octets, failures: 0));
        await GiveAsync(mail.PasswordFile);
        await mail.StartAsync();
        return new(folder, mail, posts, key);
    }

    /// <summary>A secret that four users read is their group's.</summary>
    private static async Task GiveAsync(string file)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var given = await new SystemUser("root").RunAsync("chgrp", ShippedConfiguration.Knocking, file);
        Assert.True(given.ExitCode == 0, given.Error);
    }

    /// <summary>Waits for a mail with a text.</summary>
    public Task<string> MailAsync(string text) => _mail.UntilDeliveredAsync(text);

    /// <summary>Entries that the newest head covers of those that were posted for a record; 0 for none.</summary>
    public long PostedOf(string record) => _posts.Taken
        .Where(post => post.GetProperty("record").GetString() == record)
        .Select(post => post.GetProperty("head").GetProperty("size").GetInt64()).DefaultIfEmpty().Max();

    /// <summary>What was posted, a line each, as the receiver would keep it.</summary>
    public string WritePosts() => _folder.File(
        "posts.ndjson", string.Concat(_posts.Taken.Select(post => post.GetRawText() + "\n")));

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _posts.DisposeAsync();
    }
}
