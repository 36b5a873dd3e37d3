"""What the law says, as dated facts beside their source; one folder for the Union, one for each country."""
