namespace Postseal.Server.Pages.Pictures;

/// <summary>A box of the drawing; coordinates in units of its view box.</summary>
/// <param name="Station">What it stands for.</param>
/// <param name="IsReached">Whether a sender comes here.</param>
public sealed record PictureBox(Station Station, int X, int Y, int Width, bool IsReached)
{
    /// <summary>Every box is as high as two lines of text.</summary>
    public const int Height = 56;

    /// <summary>The icon takes the left end.</summary>
    public int TextX => X + 44;

    // A character of the two sizes in tenths of a unit, measured with a wide font; longer texts are cut and stand in full in the table below.
    private int TitleLength => (Width - 52) * 10 / 92;
    private int TextLength => (Width - 52) * 10 / 78;

    /// <summary>The first line, cut to the width.</summary>
    public string Title => Cut(Station.Title, TitleLength);

    /// <summary>The second line, cut to the width.</summary>
    public string Text => Cut(Station.Text, TextLength);

    private static string Cut(string text, int length) => Postseal.Protocol.PrintableText.Of(text, length);
}

/// <summary>An arrow between boxes.</summary>
/// <param name="Path">SVG path data.</param>
/// <param name="IsReached">Whether a sender goes this way.</param>
public sealed record PictureArrow(string Path, bool IsReached);

/// <summary>Where everything of a picture goes.</summary>
public sealed record PictureLayout(
    int Width,
    int Height,
    (int X, int Y, int Width, int Height) Sender,
    IReadOnlyList<PictureBox> Boxes,
    IReadOnlyList<PictureArrow> Arrows
)
{
    private const int BoxWidth = 244;
    private const int SenderWidth = 110;
    private const int Gap = 39;
    private const int RowGap = 20;
    private const int Narrow = 340;
    private const int NarrowGap = 14;

    /// <summary>Each way is a row, the sender stands on the left.</summary>
    public static PictureLayout Across(IReadOnlyList<Way> ways)
    {
        var (boxes, arrows) = (new List<PictureBox>(), new List<PictureArrow>());
        var height = (ways.Count * (PictureBox.Height + RowGap)) - RowGap + 4;
        var middle = height / 2;
        foreach (var (row, way) in ways.Index())
        {
            var (y, reached, right) = (2 + (row * (PictureBox.Height + RowGap)), true, SenderWidth);
            foreach (var (column, station) in way.Stations.Index())
            {
                var x = SenderWidth + Gap + (column * (BoxWidth + Gap));
                var line = y + (PictureBox.Height / 2);
                var turn = right + (Gap / 2);
                var path = column == 0 ? $"M{right} {middle}H{turn}V{line}H{x - 3}" : $"M{right} {line}H{x - 3}";
                arrows.Add(new(path, reached));
                boxes.Add(new(station, x, y, BoxWidth, reached));
                reached = reached && station.Level is not ("breaks" or "off");
                right = x + BoxWidth;
            }
        }

        var width = SenderWidth + (3 * (BoxWidth + Gap)) + 2;
        return new(width, height, (1, middle - 28, SenderWidth, 56), boxes, arrows);
    }

    /// <summary>All is one below the other, for a phone.</summary>
    public static PictureLayout Down(IReadOnlyList<Way> ways)
    {
        const int rail = 12;
        const int left = 34;
        var (boxes, arrows) = (new List<PictureBox>(), new List<PictureArrow>());
        var y = 2 + 44 + NarrowGap;
        foreach (var way in ways)
        {
            var reached = true;
            foreach (var (i, station) in way.Stations.Index())
            {
                var line = y + (PictureBox.Height / 2);
                arrows.Add(
                    i == 0
                        ? new($"M{rail} 46V{line}H{left - 3}", IsReached: true)
                        : new($"M{left + 22} {y - NarrowGap}V{y - 3}", reached)
                );
                boxes.Add(new(station, left, y, Narrow - left - 2, reached));
                reached = reached && station.Level is not ("breaks" or "off");
                y += PictureBox.Height + NarrowGap;
            }

            y += NarrowGap;
        }

        return new(Narrow, y - NarrowGap - NarrowGap + 4, (1, 2, SenderWidth, 44), boxes, arrows);
    }
}
